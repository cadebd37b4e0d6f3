package dev.attune.server.node;

import dev.attune.consensus.StateMachine;
import dev.attune.model.kv.Operation;
import dev.attune.store.CommandResult;
import dev.attune.store.StateHash;
import dev.attune.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The store as the log drives it: one writer at a time, readers from any thread, kept apart by a lock that is held for
 * one batch or one read. Listeners hear of each batch after it is readable.
 */
public final class StateHost implements StateMachine, AutoCloseable {
    private final Store store;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final HashTrail trail = new HashTrail();
    private volatile long revision;
    private volatile long appliedIndex;
    private volatile boolean leading;

    /** Takes ownership of the store. */
    public StateHost(Store store) {
        this.store = store;
        this.revision = store.revision();
        this.appliedIndex = store.appliedIndex();
    }

    /** Hears of what happens to the state. Called on an engine thread: must not block. */
    public interface Listener {
        /** A batch was applied and is readable; {@code leases} tells whether leases were granted or ended. */
        void applied(long revision, boolean leases);

        /** The whole state was replaced. */
        void restored(long revision);

        /** This member began or ceased to lead. */
        void leadershipChanged(boolean leading, long term);
    }

    /** Adds a listener, before the log starts. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public long appliedIndex() {
        return appliedIndex;
    }

    @Override
    public List<byte[]> apply(List<Committed> batch) {
        List<byte[]> results = new ArrayList<>(batch.size());
        boolean leases = false;
        lock.writeLock().lock();
        try {
            for (Committed entry : batch) {
                byte[] command = entry.command();
                results.add(store.apply(entry.index(), command));
                leases |= CommandKind.concernsLeases(command);
                trail.passed(entry.index(), store);
            }
            store.commit();
            appliedIndex = store.appliedIndex();
            revision = store.revision();
        } finally {
            lock.writeLock().unlock();
        }
        for (Listener each : listeners) each.applied(revision, leases);
        return results;
    }

    @Override
    public Frozen freeze() {
        lock.writeLock().lock();
        try {
            return new View(store.freeze());
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        lock.writeLock().lock();
        try {
            store.restore(snapshot);
            trail.clear();
            appliedIndex = store.appliedIndex();
            revision = store.revision();
        } finally {
            lock.writeLock().unlock();
        }
        for (Listener each : listeners) each.restored(revision);
    }

    @Override
    public void leadershipChanged(boolean nowLeading, long newTerm) {
        leading = nowLeading;
        for (Listener each : listeners) each.leadershipChanged(nowLeading, newTerm);
    }

    /** This member's newest revision. */
    public long revision() {
        return revision;
    }

    /** Whether the engine last said that this member leads; only a hint. */
    public boolean leading() {
        return leading;
    }

    /** Runs a range, or a transaction that only reads. */
    public CommandResult read(Operation operation) {
        return inspect(open -> open.read(operation));
    }

    /** Looks at the store while no batch is applied; {@code look} must be short and keep nothing of the store. */
    public <R> R inspect(Function<Store, R> look) {
        lock.readLock().lock();
        try {
            return look.apply(store);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The state hashes at indexes that every member passes, and now (G8). */
    public List<HashTrail.Mark> marks() {
        return inspect(trail::marks);
    }

    Store store() {
        return store;
    }

    ReadWriteLock lock() {
        return lock;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            store.commit();
            store.close();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The hash of the state as it is now. */
    public StateHash stateHash() {
        return inspect(Store::stateHash);
    }

    private record View(Store.Frozen frozen) implements Frozen {
        @Override
        public long index() {
            return frozen.index();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            frozen.writeTo(out);
        }

        @Override
        public void close() {
            frozen.close();
        }
    }
}
