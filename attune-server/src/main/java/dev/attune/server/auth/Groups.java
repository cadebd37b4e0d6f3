package dev.attune.server.auth;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Named sets of grants that scoped tokens share. A changed group holds for the next request of each of its tokens. */
public final class Groups {
    private final Reads reads;
    private final Audit audit;

    public Groups(Reads reads, Audit audit) {
        this.reads = reads;
        this.audit = audit;
    }

    /** Every group. */
    public CompletableFuture<Map<String, Scope>> list() {
        return reads.range(Scope.allGroups(), ReadLevel.LINEARIZABLE).thenApply(all -> {
            Map<String, Scope> groups = new TreeMap<>();
            for (KeyValue each : all) groups.put(Scope.groupOf(each.key()), Scope.decode(each.value()));
            return groups;
        });
    }

    /** Sets what a group may do. */
    public CompletableFuture<Long> put(String name, List<Grant> grants, String who) {
        Scope group = new Scope(grants, List.of());
        List<Operation> writes = List.of(
                Operation.Put.of(Scope.groupKey(name), group.encode()), audit.record(who, "group.put", name, ""));
        return reads.run(new Operation.Txn(List.of(), writes, List.of())).thenApply(Reads.Done::revision);
    }

    /** Removes a group. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<Long> remove(String name, String who) {
        var exists = dev.attune.model.kv.Compare.exists(Scope.groupKey(name));
        List<Operation> writes =
                List.of(Operation.Delete.of(Scope.groupKey(name)), audit.record(who, "group.remove", name, ""));
        return reads.run(new Operation.Txn(List.of(exists), writes, List.of())).thenApply(done -> {
            if (!done.succeeded()) throw new AttuneException(ErrorCode.NOT_FOUND, "There is no group of this name.");
            return done.revision();
        });
    }

    /** What a scope comes to, with the groups it names. */
    CompletableFuture<Rights> rights(Scope scope) {
        Rights own = Rights.NONE.with(scope.grants());
        if (scope.groups().isEmpty()) return CompletableFuture.completedFuture(own);
        List<dev.attune.model.Bytes> keys = new ArrayList<>();
        scope.groups().forEach(each -> keys.add(Scope.groupKey(each)));
        return reads.keys(keys, ReadLevel.STALE).thenApply(found -> {
            Rights all = own;
            for (KeyValue each : found)
                if (each != null) all = all.with(Scope.decode(each.value()).grants());
            return all;
        });
    }
}
