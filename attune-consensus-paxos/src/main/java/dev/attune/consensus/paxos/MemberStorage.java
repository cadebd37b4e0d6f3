package dev.attune.consensus.paxos;

import dev.attune.consensus.paxos.core.ConfigurationChain;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.storage.disk.FileDisk;
import dev.attune.storage.log.DamagedLogException;
import dev.attune.storage.log.DurableLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.log.LogRecord;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything durable of one member: the log of accepted entries with promise and chosen mark, and the snapshots.
 *
 * <p>Files that are damaged are set aside as they are, never cut short (G7). From then on, over restarts, a mark says
 * that this member may not vote until it was repaired.
 */
final class MemberStorage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberStorage.class);
    static final int PROMISED = 0;
    static final int CHOSEN = 1;
    static final int BASE = 2;
    private static final int CONFIGURATION_BYTES_MAX = 1 << 20;

    private final Path directory;
    private final DurableLog log;
    private final SnapshotFiles snapshots;
    private boolean damaged;

    MemberStorage(Path directory, DurableLog log, SnapshotFiles snapshots, boolean damaged) {
        this.directory = directory;
        this.log = log;
        this.snapshots = snapshots;
        this.damaged = damaged;
    }

    /**
     * Opens the member's files, or makes them.
     *
     * @throws IOException when they are damaged and there is no other voter to learn from, or the disk fails
     */
    static MemberStorage open(PaxosOptions options) throws IOException {
        Path directory = options.directory();
        Files.createDirectories(directory);
        Path logDirectory = directory.resolve("log");
        boolean others = !options.initial().voters().equals(new TreeSet<>(List.of(options.self())));
        boolean begun = Files.isDirectory(logDirectory);
        if (!begun && options.begun() && !Files.exists(mark(directory))) {
            refuseAlone(others, "the log " + logDirectory + " is gone, though this member took part before", null);
            setMark(directory);
        }
        SnapshotFiles snapshots = SnapshotFiles.open(directory.resolve("snapshots"));
        try {
            DurableLog log = FileDurableLog.open(logDirectory, LogOptions.defaults());
            String gap = gap(log, snapshots);
            if (gap == null) return new MemberStorage(directory, log, snapshots, Files.exists(mark(directory)));
            log.close();
            refuseAlone(others, gap, null);
            LOG.error("event=damaged reason=\"{}\"", gap);
        } catch (DamagedLogException e) {
            refuseAlone(others, String.valueOf(e.getMessage()), e);
            LOG.error("event=damaged reason=\"{}\" next=\"learn from the others\"", e.getMessage());
        }
        setMark(directory);
        setAside(directory, logDirectory);
        DurableLog fresh = FileDurableLog.open(logDirectory, LogOptions.defaults());
        return new MemberStorage(directory, fresh, snapshots, true);
    }

    private static void refuseAlone(boolean others, String reason, @Nullable IOException cause) throws IOException {
        if (others) return;
        throw new IOException(
                reason + ". No other voter is known to learn from. Start again in an empty data directory with the"
                        + " newest backup: attune server --data-dir DIR --restore FILE. The damaged files are left as"
                        + " they are.",
                cause);
    }

    /** What lies between snapshot and log, in words; null when nothing is missing. */
    static @Nullable String gap(DurableLog log, SnapshotFiles snapshots) throws IOException {
        long first = log.bounds().first();
        byte[] base = log.register(BASE);
        if (first == 1 || (base != null && RecordCodec.base(base).slot() >= first - 1)) return null;
        OptionalLong newest = snapshots.newestIntact();
        if (newest.isPresent() && newest.getAsLong() >= first - 1) return null;
        return "the log begins at entry " + first + " and no intact snapshot reaches it";
    }

    private static Path mark(Path directory) {
        return directory.resolve("repairing");
    }

    private static void setMark(Path directory) throws IOException {
        if (!Files.exists(mark(directory))) Files.createFile(mark(directory));
        new FileDisk().syncDirectory(directory);
    }

    private static void setAside(Path directory, Path logDirectory) throws IOException {
        for (int number = 1; ; number++) {
            Path aside = logDirectory.resolveSibling("log-damaged-" + number);
            if (Files.exists(aside)) continue;
            Files.move(logDirectory, aside);
            new FileDisk().syncDirectory(directory);
            return;
        }
    }

    /** What the core needs to start with, and from where the host applies on its own. */
    record Start(Recovered recovered, long snapshot, Configuration snapshotConfiguration) {}

    /**
     * Reads what is there. A log that ends before the newest snapshot begins anew behind it; so does one that does not
     * say itself that all up to the snapshot is chosen: that may have come from a peer, and what the log holds before
     * its end may be of ballots long given up.
     */
    Start recover(Configuration initial, long nonce) throws IOException {
        long slot = 0;
        Configuration configuration = initial;
        byte[] base = log.register(BASE);
        if (base == null && log.bounds().last() == 0) {
            // Another start may be told otherwise, and quorums of other voters or weights need not meet these.
            base = RecordCodec.base(0, initial);
            log.setRegister(BASE, base);
            log.sync();
        }
        if (base != null) {
            slot = RecordCodec.base(base).slot();
            configuration = RecordCodec.base(base).configuration();
        }
        OptionalLong newest = snapshots.newestIntact();
        if (newest.isPresent() && newest.getAsLong() > slot) {
            slot = newest.getAsLong();
            configuration = configurationIn(slot);
        }
        long snapshot = slot;
        Configuration atSnapshot = configuration;
        byte[] promised = log.register(PROMISED);
        byte[] mark = log.register(CHOSEN);
        long marked = mark == null ? 0 : RecordCodec.slot(mark);
        DurableLog.Bounds found = log.bounds();
        if (found.last() < slot || (marked < slot && found.first() <= slot)) {
            log.truncate(slot + 1, Math.max(found.last(), slot));
            log.sync();
        }
        long chosen = Math.min(marked, log.bounds().last());
        while (slot < chosen) {
            Entry entry = entry(slot + 1);
            configuration = ConfigurationChain.changeBy(entry, configuration).orElse(configuration);
            slot++;
        }
        List<Entry> tail = new ArrayList<>();
        for (long open = slot + 1; open <= log.bounds().last(); open++) tail.add(entry(open));
        Ballot ballot = promised == null ? Ballot.ZERO : RecordCodec.ballot(promised);
        return new Start(new Recovered(ballot, slot, configuration, tail, damaged, nonce), snapshot, atSnapshot);
    }

    private Entry entry(long slot) throws IOException {
        Entry entry = read(slot);
        if (entry == null) throw new IOException("entry " + slot + " is missing in " + log.bounds());
        return entry;
    }

    /** The entry at {@code slot}; null when the log does not have it (any more). Any thread. */
    @Nullable Entry read(long slot) throws IOException {
        LogRecord record = log.read(slot);
        return record == null ? null : RecordCodec.decode(record);
    }

    DurableLog.Bounds bounds() {
        return log.bounds();
    }

    SnapshotFiles snapshots() {
        return snapshots;
    }

    /** The configuration a snapshot was taken in. */
    Configuration configurationIn(long snapshot) throws IOException {
        try (SnapshotReader reader = snapshots.read(snapshot)) {
            return configuration(reader);
        }
    }

    /** Reads the configuration that precedes the state in a snapshot. */
    static Configuration configuration(SnapshotReader reader) throws IOException {
        DataInputStream in = new DataInputStream(reader);
        int length = in.readInt();
        if (length < 0 || length > CONFIGURATION_BYTES_MAX)
            throw new DamagedSnapshotException("configuration of " + length + " bytes in a snapshot");
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return ConfigurationCodec.decode(bytes);
    }

    /** Writes the configuration that precedes the state in a snapshot. */
    static void configuration(Configuration configuration, OutputStream out) throws IOException {
        byte[] bytes = ConfigurationCodec.encode(configuration);
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(bytes.length);
        data.write(bytes);
        data.flush();
    }

    /** Writes in order and, if any of it is to be relied on, syncs once. One thread. */
    void write(List<Effects.Write> writes) throws IOException {
        List<LogRecord> records = new ArrayList<>();
        boolean sync = false;
        boolean sound = false;
        for (Effects.Write write : writes) {
            sync |= !(write instanceof Effects.Write.SetChosen chosen && chosen.mayBeLost());
            sound |= write instanceof Effects.Write.SetSound;
            if (write instanceof Effects.Write.Append append) {
                records.add(RecordCodec.encode(append.entry()));
            } else {
                append(records);
                other(write);
            }
        }
        append(records);
        if (sync) log.sync();
        if (sound) removeMark();
    }

    private void append(List<LogRecord> records) throws IOException {
        if (!records.isEmpty()) log.append(records);
        records.clear();
    }

    private void other(Effects.Write write) throws IOException {
        if (write instanceof Effects.Write.SetPromised promise) {
            log.setRegister(PROMISED, RecordCodec.ballot(promise.ballot()));
        } else if (write instanceof Effects.Write.SetChosen chosen) {
            log.setRegister(CHOSEN, RecordCodec.slot(chosen.slot()));
        } else if (write instanceof Effects.Write.CutHead cut) {
            cut(cut.slot());
        } else if (write instanceof Effects.Write.CutWitness cut) {
            log.setRegister(BASE, RecordCodec.base(cut.slot(), cut.configuration()));
            cut(cut.slot());
        }
    }

    private void cut(long slot) throws IOException {
        DurableLog.Bounds bounds = log.bounds();
        if (slot >= bounds.first()) log.truncate(slot + 1, Math.max(bounds.last(), slot));
    }

    private void removeMark() throws IOException {
        damaged = false;
        Files.deleteIfExists(mark(directory));
        new FileDisk().syncDirectory(directory);
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
