package dev.attune.server.tuning;

import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The same keyspace, with answers on other threads than the one that owns the state: deciding takes a moment. */
final class AsideKeyspace implements Keyspace {
    private final Keyspace keyspace;
    private final Executor workers;

    AsideKeyspace(Keyspace keyspace, Executor workers) {
        this.keyspace = keyspace;
        this.workers = workers;
    }

    @Override
    public CompletableFuture<CommandResult> write(Command command) {
        return aside(keyspace.write(command));
    }

    @Override
    public CompletableFuture<CommandResult> read(Operation operation, ReadLevel level) {
        return aside(keyspace.read(operation, level));
    }

    @Override
    public Watch watch(WatchSpec spec, WatchSink sink) {
        return keyspace.watch(spec, sink);
    }

    private CompletableFuture<CommandResult> aside(CompletableFuture<CommandResult> answer) {
        // A failure goes the same way, as what follows it is work too.
        return answer.handleAsync((result, failure) -> answer, workers).thenCompose(same -> same);
    }
}
