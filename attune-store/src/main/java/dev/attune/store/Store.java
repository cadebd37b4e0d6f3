package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state machine: a revisioned key-value store with etcd's semantics, driven by {@link Command}s in log order.
 *
 * <p>One writer calls {@link #apply}, {@link #commit}, {@link #freeze}, {@link #restore}; readers call the other methods
 * from any thread while no writer runs. The host keeps the two apart, with a read-write lock for instance; the store
 * itself holds no lock. {@link DamagedStateException} from any method is fatal to the member.
 */
public final class Store implements AutoCloseable {
    private final RevisionStore revisions;
    private final StoreOptions options;
    private StoreState state;
    private boolean uncommitted;

    private Store(RevisionStore revisions, StoreOptions options, StoreState state) {
        this.revisions = revisions;
        this.options = options;
        this.state = state;
    }

    /** As {@link #open(RevisionStore, StoreOptions)} with {@link StoreOptions#DEFAULT}. */
    public static Store open(RevisionStore revisions) {
        return open(revisions, StoreOptions.DEFAULT);
    }

    /**
     * Opens what was last committed to {@code revisions}, reading all of it once to index the keys and to check it.
     * Throws {@link DamagedStateException} when a record's checksum or the state hash differs from what was written;
     * the host then starts from a snapshot and the log.
     */
    public static Store open(RevisionStore revisions, StoreOptions options) {
        StoreState state = new StoreState(revisions, options);
        revisions.scan(0, Long.MAX_VALUE, (revision, sub, record) -> {
            state.load(revision, sub, record);
            return true;
        });
        state.verify();
        return new Store(revisions, options, state);
    }

    /** The log index of the last applied command; 0 for none. */
    public long appliedIndex() {
        return state.appliedIndex();
    }

    /** The newest revision; 1 for the empty store, so that the first change makes 2, as in etcd. */
    public long revision() {
        return state.versions().revision();
    }

    /** The oldest readable revision; 0 before the first compaction. */
    public long compactedRevision() {
        return Math.max(0, state.versions().compacted());
    }

    /** A digest of the whole state, the applied index apart; equal on members that applied the same commands (G8). */
    public StateHash stateHash() {
        return state.hash();
    }

    /** How many keys have retained history, deleted ones included. */
    public int keyCount() {
        return state.versions().keyCount();
    }

    /** The leases as of now, by id. */
    public Collection<Lease> leases() {
        return state.leases().all();
    }

    /** The lease, unless there is none. */
    public Optional<Lease> lease(long id) {
        return Optional.ofNullable(state.leases().get(id));
    }

    /** The lease that {@code key} is attached to now, or 0. */
    public long leaseOf(Bytes key) {
        KeyHistory history = state.versions().history(key);
        return history == null ? 0 : history.leaseId();
    }

    /**
     * Applies the encoded command at log position {@code index}, which rises from call to call, and returns the encoded
     * {@link CommandResult}. Total: malformed bytes and refused commands give a result with an error, the same on every
     * member, and change nothing. A mutation under a request id that was applied before returns its first result (G4).
     */
    public byte[] apply(long index, byte[] command) {
        Command decoded;
        try {
            decoded = CommandCodec.decode(command);
        } catch (MalformedException e) {
            begin(index);
            String message = e.getMessage();
            return ResultCodec.encode(CommandResult.refused(revision(), e.code(), message == null ? "" : message));
        }
        begin(index);
        byte[] repeated = state.answered(decoded);
        if (repeated != null) return repeated;
        byte[] result = ResultCodec.encode(state.run(decoded));
        RequestId id = requestId(decoded);
        if (id != null) state.remember(id, result);
        return result;
    }

    /** As {@link #apply(long, byte[])}, without the encoding. */
    public CommandResult apply(long index, Command command) {
        begin(index);
        byte[] repeated = state.answered(command);
        if (repeated != null) return ResultCodec.decode(repeated);
        CommandResult result = state.run(command);
        RequestId id = requestId(command);
        if (id != null) state.remember(id, ResultCodec.encode(result));
        return result;
    }

    /** Ends a batch: its changes and the applied index are in the {@link RevisionStore} together or not at all. */
    public void commit() {
        if (!uncommitted) return;
        state.flush(revisions);
        revisions.commit();
        uncommitted = false;
    }

    /**
     * Runs a range, or a transaction that only reads, on the state as it is. Throws {@link AttuneException}:
     * {@code COMPACTED} and {@code FUTURE_REVISION} for a revision that cannot be read, {@code INVALID_ARGUMENT} for an
     * operation that is malformed or writes.
     */
    public CommandResult read(Operation operation) {
        CommandCheck.check(operation);
        if (!CommandCheck.readsOnly(operation))
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "operation: writes (expected: a read)");
        return CommandResult.ok(revision(), state.evaluator().read(operation));
    }

    /** Commits, and returns a view of the state as it is now that may be written out later, from another thread. */
    public Frozen freeze() {
        commit();
        return new Frozen(appliedIndex(), revision(), stateHash(), revisions.freeze());
    }

    /**
     * Replaces the whole state by a snapshot that {@link Frozen#writeTo} wrote, and commits it. A cut or altered stream
     * is refused with {@link DamagedStateException}. A snapshot of moderate size is checked in memory before anything
     * is replaced; when a larger one turns out to be damaged, the store is left empty, never half-filled.
     */
    public void restore(InputStream snapshot) throws IOException {
        restore(snapshot, SnapshotReader.CHECKED_BYTES_MAX);
    }

    void restore(InputStream snapshot, long checkedBytesMax) throws IOException {
        commit();
        SnapshotReader reader = new SnapshotReader(snapshot, checkedBytesMax);
        StoreState restored = null;
        try {
            restored = reader.restore(revisions, () -> new StoreState(revisions, options));
        } finally {
            if (restored != null) state = restored;
            else if (reader.replacing()) state = new StoreState(revisions, options);
        }
    }

    /** Closes the {@link RevisionStore}; what was not committed is applied again from the log. */
    @Override
    public void close() {
        revisions.close();
    }

    Versions versions() {
        return state.versions();
    }

    RecentRevisions recent() {
        return state.recent();
    }

    RevisionStore revisionStore() {
        return revisions;
    }

    private void begin(long index) {
        state.applied(index);
        uncommitted = true;
    }

    private static @Nullable RequestId requestId(Command command) {
        return command instanceof Command.Mutate mutate ? mutate.requestId() : null;
    }

    /** A consistent view of the state, readable while newer commands are applied. Closed exactly once. */
    public static final class Frozen implements AutoCloseable {
        private final long index;
        private final long revision;
        private final StateHash hash;
        private final RevisionStore.View view;

        Frozen(long index, long revision, StateHash hash, RevisionStore.View view) {
            this.index = index;
            this.revision = revision;
            this.hash = hash;
            this.view = view;
        }

        /** The log index of the last command in the view. */
        public long index() {
            return index;
        }

        /** The newest revision in the view. */
        public long revision() {
            return revision;
        }

        /** The state hash of the view. */
        public StateHash stateHash() {
            return hash;
        }

        /** Writes the view as a snapshot: checked records and an end mark. The stream is flushed, not closed. */
        public void writeTo(OutputStream out) throws IOException {
            SnapshotWriter.write(view, hash, out);
        }

        @Override
        public void close() {
            view.close();
        }
    }
}
