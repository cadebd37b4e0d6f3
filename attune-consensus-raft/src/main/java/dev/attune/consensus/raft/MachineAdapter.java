package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import dev.attune.consensus.Membership;
import dev.attune.consensus.StateMachine;
import dev.attune.storage.disk.FileDisk;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The library's view of our state machine. All methods but the writing of a snapshot run on the library's one apply
 * thread, so the state machine is never entered twice.
 */
final class MachineAdapter extends StateMachineAdapter {
    private static final int BATCH_ENTRIES_MAX = 1024;
    private static final int BATCH_BYTES_MAX = 4 << 20;
    static final String SNAPSHOT_NAME = "state";

    private final String group;
    private final StateMachine machine;
    private final Executor snapshotWriter;
    private final Listener listener;
    // Written by the apply thread only; read by any.
    private volatile long applied;
    private volatile long snapshotIndex;
    private long entriesSinceSnapshot;
    private long bytesSinceSnapshot;
    private long leadingTerm;
    private long appliedTerm;

    MachineAdapter(String group, StateMachine machine, Executor snapshotWriter, Listener listener) {
        this.group = group;
        this.machine = machine;
        this.snapshotWriter = snapshotWriter;
        this.listener = listener;
        this.applied = machine.appliedIndex();
    }

    /** What the member does about events of the apply thread; must not block. */
    interface Listener {
        void leading(long term);

        void notLeading();

        void following();

        /** Who takes part according to a snapshot that was loaded. */
        void restored(Membership membership);

        void appended(long entriesSinceSnapshot, long bytesSinceSnapshot);

        void failed(String reason, Throwable cause);
    }

    long applied() {
        return applied;
    }

    /** The index of the newest snapshot begun or loaded; 0 for none. */
    long snapshotIndex() {
        return snapshotIndex;
    }

    @Override
    public void onApply(Iterator entries) {
        while (entries.hasNext()) {
            List<StateMachine.Committed> batch = new ArrayList<>();
            List<@Nullable Closure> closures = new ArrayList<>();
            long bytes = 0;
            while (entries.hasNext() && batch.size() < BATCH_ENTRIES_MAX && bytes < BATCH_BYTES_MAX) {
                byte[] command = LogEntryCodec.bytes(entries.getData());
                bytes += command.length;
                entriesSinceSnapshot++;
                // After a restart the state may be ahead of where the library starts to replay.
                if (entries.getIndex() > applied && command.length > 0) {
                    batch.add(new StateMachine.Committed(entries.getIndex(), entries.getTerm(), command));
                    closures.add(entries.done());
                }
                entries.next();
            }
            bytesSinceSnapshot += bytes;
            apply(batch, closures);
        }
        listener.appended(entriesSinceSnapshot, bytesSinceSnapshot);
    }

    private void apply(List<StateMachine.Committed> batch, List<@Nullable Closure> closures) {
        if (batch.isEmpty()) return;
        List<byte[]> results;
        try {
            results = machine.apply(batch);
            if (results.size() != batch.size())
                throw new IllegalStateException("results: " + results.size() + " (expected: " + batch.size() + ")");
        } catch (RuntimeException e) {
            listener.failed("the state machine failed at entry " + batch.get(0).index(), e);
            throw e;
        }
        applied = batch.get(batch.size() - 1).index();
        appliedTerm = batch.get(batch.size() - 1).term();
        for (int i = 0; i < results.size(); i++)
            if (closures.get(i) instanceof Proposal proposal) proposal.applied(results.get(i));
    }

    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        entriesSinceSnapshot = 0;
        bytesSinceSnapshot = 0;
        StateMachine.Frozen view;
        try {
            view = machine.freeze();
        } catch (RuntimeException e) {
            listener.failed("the state machine could not be frozen", e);
            done.run(new Status(RaftError.ESTATEMACHINE, "freeze failed"));
            return;
        }
        snapshotIndex = view.index();
        SnapshotHeader header = new SnapshotHeader(group, view.index(), appliedTerm);
        snapshotWriter.execute(() -> write(header, view, writer, done));
    }

    private static void write(SnapshotHeader header, StateMachine.Frozen view, SnapshotWriter writer, Closure done) {
        try (view) {
            SnapshotFiles.write(new FileDisk(), Path.of(writer.getPath(), SNAPSHOT_NAME), header, view::writeTo);
        } catch (IOException | RuntimeException e) {
            // Nothing is lost but the cut of the log; the next snapshot tries again.
            done.run(new Status(RaftError.EIO, "writing the snapshot failed: %s", e.getMessage()));
            return;
        }
        boolean added = writer.addFile(SNAPSHOT_NAME);
        done.run(added ? Status.OK() : new Status(RaftError.EIO, "the snapshot's file was not taken"));
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        SnapshotMeta meta = reader.load();
        try {
            CheckedSnapshots.check(reader.getPath(), meta);
        } catch (IOException e) {
            listener.failed("restoring a snapshot failed", e);
            return false;
        }
        snapshotIndex = meta.getLastIncludedIndex();
        listener.restored(Peers.membership(peers(meta.getPeersList()), peers(meta.getLearnersList())));
        if (applied >= meta.getLastIncludedIndex()) return true;
        try {
            restore(Path.of(reader.getPath(), SNAPSHOT_NAME), meta);
        } catch (IOException | RuntimeException e) {
            listener.failed("restoring a snapshot failed", e);
            return false;
        }
        applied = Math.max(machine.appliedIndex(), meta.getLastIncludedIndex());
        return true;
    }

    /** The file is checked as a whole before anything of it reaches the state machine (G7). */
    private void restore(Path file, SnapshotMeta meta) throws IOException {
        try (var content = SnapshotFiles.read(new FileDisk(), file)) {
            SnapshotHeader header = content.header();
            if (!header.clusterId().equals(group)
                    || header.index() > meta.getLastIncludedIndex()
                    || header.term() > meta.getLastIncludedTerm())
                throw new DamagedSnapshotException("snapshot " + file + " refused: " + header + " does not fit entry "
                        + meta.getLastIncludedIndex() + " of term " + meta.getLastIncludedTerm() + " in " + group);
            content.verify();
        } catch (NoSuchFileException e) {
            throw new DamagedSnapshotException("snapshot " + file + " refused: it is missing");
        }
        try (var content = SnapshotFiles.read(new FileDisk(), file)) {
            machine.restore(content);
        }
        appliedTerm = meta.getLastIncludedTerm();
    }

    private static List<PeerId> peers(List<String> names) {
        return names.stream().map(PeerId::parsePeer).toList();
    }

    @Override
    public void onLeaderStart(long term) {
        leadingTerm = term;
        listener.leading(term);
        machine.leadershipChanged(true, term);
    }

    @Override
    public void onLeaderStop(Status status) {
        listener.notLeading();
        machine.leadershipChanged(false, leadingTerm);
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        listener.following();
    }

    @Override
    public void onError(RaftException error) {
        listener.failed("raft: " + error.getStatus(), error);
    }
}
