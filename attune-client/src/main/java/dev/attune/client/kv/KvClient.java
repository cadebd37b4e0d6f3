package dev.attune.client.kv;

import dev.attune.client.session.RequestIds;
import dev.attune.client.session.Session;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Raw keys. Every call is asynchronous; {@link #blocking()} waits for you.
 *
 * <p>Writes are repeated by the SDK under one request id until they are answered or their time is over, so they have
 * one effect (G4). {@link #write} says which of the three outcomes a write had (S7); the shorter methods fail with
 * {@link AttuneException}, or {@link UnknownOutcomeException} when the outcome is not known. Reads fail with
 * {@link AttuneException}.
 *
 * <p>Futures complete on the connection's thread: what is chained to them without an executor must not block.
 * Safe to share between threads.
 */
public final class KvClient {
    private final Session session;
    private final RequestIds ids;
    private final Executor listeners;
    private final LongSupplier randomIds;
    private final long timeoutNanos;

    /**
     * @param listeners runs watch listeners, one after the other
     * @param randomIds chooses lease ids
     */
    public KvClient(Session session, RequestIds ids, Executor listeners, LongSupplier randomIds, Duration timeout) {
        this.session = session;
        this.ids = ids;
        this.listeners = listeners;
        this.randomIds = randomIds;
        this.timeoutNanos = timeout.toNanos();
    }

    /** The same with another time for each call. */
    public KvClient withTimeout(Duration timeout) {
        return new KvClient(session, ids, listeners, randomIds, timeout);
    }

    /** The same operations, waiting for each answer. */
    public BlockingKv blocking() {
        return new BlockingKv(this);
    }

    /** Carries out a put, delete or transaction; the future never fails. */
    public CompletableFuture<WriteOutcome> write(Operation operation) {
        return session.submit(new WriteCall(ids, operation, timeoutNanos));
    }

    /** Sets a key; gives the revision. */
    public CompletableFuture<Long> put(Bytes key, Bytes value) {
        return write(Operation.Put.of(key, value))
                .thenApply(outcome -> outcome.orThrow().revision());
    }

    /** Removes a key; gives how many were removed: 1 or 0. */
    public CompletableFuture<Long> delete(Bytes key) {
        return delete(KeyRange.key(key));
    }

    /** Removes every key of a range; gives how many. */
    public CompletableFuture<Long> delete(KeyRange range) {
        return write(new Operation.Delete(range, false))
                .thenApply(outcome ->
                        resultOf(outcome, OperationResult.Delete.class).deleted());
    }

    /** The key's newest state. */
    public CompletableFuture<Optional<KeyValue>> get(Bytes key) {
        return range(Operation.Range.of(KeyRange.key(key)))
                .thenApply(read -> read.keyValues().stream().findFirst());
    }

    /** Reads linearizably. */
    public CompletableFuture<ReadResult> range(Operation.Range range) {
        return range(range, ReadMode.LINEARIZABLE);
    }

    public CompletableFuture<ReadResult> range(Operation.Range range, ReadMode mode) {
        return session.submit(new ReadCall(range, mode, timeoutNanos)).thenApply(KvClient::readResult);
    }

    private static ReadResult readResult(ServerFrame.Result result) {
        if (result.result() instanceof OperationResult.Range range) return new ReadResult(result.revision(), range);
        throw new AttuneException(ErrorCode.INTERNAL, "answer to a range: " + result.result());
    }

    /** Runs a transaction. */
    public CompletableFuture<TxnResult> txn(Operation.Txn txn) {
        return write(txn).thenApply(outcome -> {
            OperationResult.Txn result = resultOf(outcome, OperationResult.Txn.class);
            return new TxnResult(outcome.orThrow().revision(), result.succeeded(), result.results());
        });
    }

    /**
     * Sets the key when its last change is {@code modRevision}; 0 means that it does not exist.
     *
     * @return whether it was set, and at which revision
     */
    public CompletableFuture<TxnResult> compareAndSet(Bytes key, long modRevision, Bytes value) {
        return txn(new Operation.Txn(
                List.of(Compare.modRevisionIs(key, modRevision)), List.of(Operation.Put.of(key, value)), List.of()));
    }

    /** Forgets history before {@code revision}. */
    public CompletableFuture<WriteOutcome> compact(long revision) {
        return session.submit(
                new ControlCall(id -> new ClientFrame.Compact(id, revision), ErrorCode.COMPACTED, timeoutNanos));
    }

    /** Creates a lease and gives its id; it ends when it is not kept alive for {@code ttl}. */
    public CompletableFuture<Long> grantLease(Duration ttl) {
        long leaseId = randomIds.getAsLong() & Long.MAX_VALUE | 1;
        return session.submit(new ControlCall(
                        id -> new ClientFrame.GrantLease(id, leaseId, ttl.toMillis()),
                        ErrorCode.ALREADY_EXISTS,
                        timeoutNanos))
                .thenApply(outcome -> {
                    outcome.orThrow();
                    return leaseId;
                });
    }

    /**
     * Grants a lease and keeps it alive in the background until it is closed or lost; ending it deletes its keys. For
     * leases of a few seconds and more.
     */
    public CompletableFuture<HeldLease> holdLease(Duration ttl) {
        long sent = session.nanoTime();
        return grantLease(ttl).thenApply(id -> {
            HeldLease held = new HeldLease(session, this, id, ttl, sent);
            session.add(held);
            return held;
        });
    }

    /** Ends a lease and deletes its keys. */
    public CompletableFuture<WriteOutcome> revokeLease(long leaseId) {
        return session.submit(new ControlCall(
                id -> new ClientFrame.RevokeLease(id, leaseId), ErrorCode.LEASE_NOT_FOUND, timeoutNanos));
    }

    /** Starts a lease's time again. */
    public CompletableFuture<WriteOutcome> keepAlive(long leaseId) {
        return session.submit(new ControlCall(id -> new ClientFrame.KeepAlive(id, leaseId), null, timeoutNanos));
    }

    /**
     * Watches a range from {@code startRevision}; 0 for everything after now. Survives losses of the connection without
     * gap or repetition (W5) and goes on until it is closed or the listener is told that it ended.
     */
    public Watch watch(KeyRange range, long startRevision, WatchListener listener) {
        return watch(range, startRevision, ClientFrame.Wants.EVENTS, listener);
    }

    /** The same with a choice of events. */
    public Watch watch(KeyRange range, long startRevision, ClientFrame.Wants wants, WatchListener listener) {
        Watch watch = new Watch(session, range, wants, listener, listeners);
        if (startRevision > 0) {
            watch.start(startRevision);
            return watch;
        }
        // Where "now" is must be known before the first event, else a loss of the connection could hide some.
        range(Operation.Range.of(KeyRange.key(range.start())).withView(Operation.View.COUNT_ONLY))
                .whenComplete((read, error) -> {
                    if (error == null) watch.start(read.revision() + 1);
                    else watch.failed(error);
                });
        return watch;
    }

    private static <R extends OperationResult> R resultOf(WriteOutcome outcome, Class<R> kind) {
        OperationResult result = outcome.orThrow().result();
        if (kind.isInstance(result)) return kind.cast(result);
        if (result == null)
            throw new AttuneException(
                    ErrorCode.ALREADY_APPLIED, "carried out by an earlier attempt whose answer is no longer kept");
        throw new AttuneException(ErrorCode.INTERNAL, "answer: " + result + " (expected: " + kind + ")");
    }
}
