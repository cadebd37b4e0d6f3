package dev.attune.server.audit;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Records what is no transaction of the store, such as a change of the members: before it is done, and once more when
 * it was refused or failed. Callable from any thread; never blocks.
 */
public final class AuditLog {
    private final Reads reads;
    private final Audit audit;

    public AuditLog(Reads reads, Audit audit) {
        this.reads = reads;
        this.audit = audit;
    }

    /** Does {@code step} after it was recorded; a step that cannot be recorded is not done. */
    public <T> CompletableFuture<T> around(
            String who, String action, String target, Supplier<CompletableFuture<T>> step) {
        return write(who, action, target, "").thenCompose(done -> step.get()).exceptionallyCompose(failure -> write(
                        who, action, target, "ended in " + code(failure))
                .handle((written, ignored) -> failure)
                .thenCompose(CompletableFuture::failedFuture));
    }

    private static ErrorCode code(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
    }

    /** One record. */
    public CompletableFuture<Void> write(String who, String action, String target, String detail) {
        Operation record = audit.record(who, action, target, detail);
        return reads.run(new Operation.Txn(List.of(), List.of(record), List.of()))
                .thenAccept(done -> {});
    }
}
