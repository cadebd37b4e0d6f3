package dev.attune.server.keyspace;

import dev.attune.model.kv.Operation;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node that has stood still since a revision: whoever does not ask a majority reads what was current then. */
public final class LaggingKeyspace implements Keyspace {
    private final Keyspace cluster;
    private final long since;

    public LaggingKeyspace(Keyspace cluster, long since) {
        this.cluster = cluster;
        this.since = since;
    }

    @Override
    public CompletableFuture<CommandResult> write(Command command) {
        return cluster.write(command);
    }

    @Override
    public CompletableFuture<CommandResult> read(Operation operation, ReadLevel level) {
        boolean here = !level.linearizable() && level.minRevision() <= since;
        return cluster.read(here ? then(operation) : operation, level);
    }

    private Operation then(Operation operation) {
        if (operation instanceof Operation.Range range) return range.atRevision(since);
        List<Operation> all = new ArrayList<>();
        for (Operation each : ((Operation.Txn) operation).then()) all.add(then(each));
        return new Operation.Txn(List.of(), all, List.of());
    }

    @Override
    public Watch watch(WatchSpec spec, WatchSink sink) {
        return cluster.watch(spec, sink);
    }
}
