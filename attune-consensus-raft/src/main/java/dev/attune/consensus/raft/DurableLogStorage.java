package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import dev.attune.consensus.Membership;
import dev.attune.storage.log.DurableLog.Bounds;
import dev.attune.storage.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The library's log on our durable log. Appends return only after the fsync. It also remembers the memberships in the
 * log, because the library shows them to nobody but the leader.
 */
final class DurableLogStorage implements LogStorage {
    private final MemberFiles files;
    private final ConcurrentSkipListMap<Long, Membership> memberships = new ConcurrentSkipListMap<>();
    private volatile Optional<Membership> inSnapshot = Optional.empty();

    DurableLogStorage(MemberFiles files) {
        this.files = files;
    }

    @Override
    public boolean init(LogStorageOptions options) {
        ConfigurationManager known = options.getConfigurationManager();
        for (long index : files.memberships()) {
            LogRecord record = files.read(index);
            if (record == null) return false;
            LogEntry entry = LogEntryCodec.decode(record);
            remember(entry);
            known.add(configurationOf(entry));
        }
        return true;
    }

    private static ConfigurationEntry configurationOf(LogEntry entry) {
        Configuration old = new Configuration();
        if (entry.getOldPeers() != null) old = new Configuration(entry.getOldPeers(), entry.getOldLearners());
        return new ConfigurationEntry(entry.getId(), new Configuration(entry.getPeers(), entry.getLearners()), old);
    }

    private void remember(LogEntry entry) {
        memberships.put(entry.getId().getIndex(), Peers.membership(entry.getPeers(), entry.getLearners()));
    }

    /** The state came from a snapshot; what the log says later still counts more. */
    void rememberSnapshot(Membership membership) {
        inSnapshot = Optional.of(membership);
    }

    /** The newest membership at or below {@code index}; empty when neither log nor snapshot has one. */
    Optional<Membership> membershipAt(long index) {
        Map.Entry<Long, Membership> entry = memberships.floorEntry(index);
        return entry == null ? inSnapshot : Optional.of(entry.getValue());
    }

    Bounds bounds() {
        return files.bounds();
    }

    @Override
    public void shutdown() {
        // The files outlive the library and are closed by whoever opened them.
    }

    @Override
    public long getFirstLogIndex() {
        return files.bounds().first();
    }

    @Override
    public long getLastLogIndex() {
        return files.bounds().last();
    }

    @Override
    public @Nullable LogEntry getEntry(long index) {
        LogRecord record = files.read(index);
        return record == null ? null : LogEntryCodec.decode(record);
    }

    @Override
    @Deprecated
    public long getTerm(long index) {
        LogRecord record = files.read(index);
        return record == null ? 0 : record.term();
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        List<LogRecord> records = new ArrayList<>(entries.size());
        for (LogEntry entry : entries) {
            LogRecord record = LogEntryCodec.encode(entry);
            records.add(record);
            if (record.kind() == LogEntryCodec.MEMBERSHIP) remember(entry);
        }
        return files.append(records) ? entries.size() : 0;
    }

    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        boolean done = files.write("cutting the log's head", log -> {
            Bounds bounds = log.bounds();
            if (firstIndexKept > bounds.first())
                log.truncate(firstIndexKept, Math.max(bounds.last(), firstIndexKept - 1));
        });
        // The newest of those cut off still says who the members are.
        Long newest = memberships.lowerKey(firstIndexKept);
        if (newest != null) memberships.headMap(newest).clear();
        return done;
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        memberships.tailMap(lastIndexKept, false).clear();
        return files.write("cutting the log's tail", log -> {
            Bounds bounds = log.bounds();
            if (lastIndexKept < bounds.last()) {
                log.truncate(bounds.first(), lastIndexKept);
                log.sync();
            }
        });
    }

    @Override
    public boolean reset(long nextLogIndex) {
        memberships.clear();
        return files.write("restarting the log at " + nextLogIndex, log -> {
            log.truncate(nextLogIndex, nextLogIndex - 1);
            log.sync();
        });
    }
}
