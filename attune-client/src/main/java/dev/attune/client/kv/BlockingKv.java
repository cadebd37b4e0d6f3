package dev.attune.client.kv;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * {@link KvClient} for callers that wait. Fails with {@link dev.attune.model.AttuneException}. Never to be called from
 * a callback of the SDK.
 */
public final class BlockingKv {
    private final KvClient kv;

    BlockingKv(KvClient kv) {
        this.kv = kv;
    }

    public WriteOutcome write(Operation operation) {
        return await(kv.write(operation));
    }

    /** Sets a key; gives the revision. */
    public long put(Bytes key, Bytes value) {
        return await(kv.write(Operation.Put.of(key, value))).orThrow().revision();
    }

    /** Removes a key; gives how many were removed: 1 or 0. */
    public long delete(Bytes key) {
        return await(kv.delete(key));
    }

    public long delete(KeyRange range) {
        return await(kv.delete(range));
    }

    public Optional<KeyValue> get(Bytes key) {
        return await(kv.get(key));
    }

    public ReadResult range(Operation.Range range) {
        return await(kv.range(range));
    }

    public ReadResult range(Operation.Range range, ReadMode mode) {
        return await(kv.range(range, mode));
    }

    public TxnResult txn(Operation.Txn txn) {
        return await(kv.txn(txn));
    }

    public TxnResult compareAndSet(Bytes key, long modRevision, Bytes value) {
        return await(kv.compareAndSet(key, modRevision, value));
    }

    public long grantLease(Duration ttl) {
        return await(kv.grantLease(ttl));
    }

    public void revokeLease(long leaseId) {
        await(kv.revokeLease(leaseId)).orThrow();
    }

    public void keepAlive(long leaseId) {
        await(kv.keepAlive(leaseId)).orThrow();
    }

    public void compact(long revision) {
        await(kv.compact(revision)).orThrow();
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        }
    }
}
