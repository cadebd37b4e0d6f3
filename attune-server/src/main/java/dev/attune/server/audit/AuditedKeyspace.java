package dev.attune.server.audit;

import dev.attune.config.audit.AuditSettings;
import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.store.Command;
import dev.attune.store.CommandCheck;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Raw keys, leases and compaction as users change them: what is to be recorded is. A change of keys has its record in
 * its own transaction; a lease or a compaction, which is a command and no transaction, has it just before. Compactions
 * are always recorded, keys and leases when the {@link AuditSettings} say so. Callable from any thread; never blocks.
 */
public final class AuditedKeyspace implements Keyspace {
    private static final int KEY_SHOWN_MAX = 200;

    private final Keyspace keyspace;
    private final Reads reads;
    private final Audit audit;
    private volatile Known known = new Known(0, AuditSettings.DEFAULT);

    /** The settings as of a revision. */
    private record Known(long revision, AuditSettings settings) {}

    public AuditedKeyspace(Keyspace keyspace, Audit audit) {
        this.keyspace = keyspace;
        this.reads = new Reads(keyspace);
        this.audit = audit;
    }

    @Override
    public CompletableFuture<CommandResult> writeAs(String who, Command command) {
        if (command instanceof Command.Compact compact)
            return before(audit.record(who, "keys.compact", "before revision " + compact.revision(), ""), command);
        return settings().thenCompose(settings -> settings.keys() ? recorded(who, command) : write(command));
    }

    /** Inline, on what this node has: a change of the settings holds here as soon as it is applied here. */
    private CompletableFuture<AuditSettings> settings() {
        Operation.Range look =
                Operation.Range.of(KeyRange.key(AuditSettings.key())).withView(Operation.View.KEYS_ONLY);
        return reads.found(look, ReadLevel.STALE).thenCompose(found -> {
            long revision =
                    found.keyValues().isEmpty() ? 0 : found.keyValues().get(0).modRevision();
            Known have = known;
            if (have.revision() == revision) return CompletableFuture.completedFuture(have.settings());
            return reads.one(AuditSettings.key(), ReadLevel.STALE).thenApply(this::learn);
        });
    }

    private AuditSettings learn(java.util.Optional<KeyValue> found) {
        Known now = found.map(each -> new Known(each.modRevision(), AuditSettings.decode(each.value())))
                .orElse(new Known(0, AuditSettings.DEFAULT));
        known = now;
        return now.settings();
    }

    private CompletableFuture<CommandResult> recorded(String who, Command command) {
        if (command instanceof Command.GrantLease grant)
            return before(
                    audit.record(who, "lease.grant", Long.toString(grant.id()), grant.ttlMillis() + " ms"), command);
        if (command instanceof Command.RevokeLease revoke)
            return before(audit.record(who, "lease.revoke", Long.toString(revoke.id()), ""), command);
        if (!(command instanceof Command.Mutate mutate) || CommandCheck.readsOnly(mutate.operation()))
            return write(command);
        Operation operation = mutate.operation();
        Operation record = audit.record(who, action(operation), target(operation), "");
        if (operation instanceof Operation.Txn txn)
            return write(new Command.Mutate(
                            mutate.requestId(),
                            new Operation.Txn(txn.compares(), with(txn.then(), record), with(txn.otherwise(), record))))
                    .thenApply(done -> withoutRecord(txn, done));
        return write(new Command.Mutate(
                        mutate.requestId(), new Operation.Txn(List.of(), List.of(operation, record), List.of())))
                .thenApply(AuditedKeyspace::first);
    }

    /** A record without its change may be left by a failure; a change without its record may not. */
    private CompletableFuture<CommandResult> before(Operation record, Command command) {
        return reads.run(new Operation.Txn(List.of(), List.of(record), List.of()))
                .thenCompose(done -> write(command));
    }

    /** A branch that only reads changes nothing, takes no revision, and is not recorded. */
    private static List<Operation> with(List<Operation> branch, Operation record) {
        if (branch.stream().allMatch(CommandCheck::readsOnly)) return branch;
        List<Operation> all = new ArrayList<>(branch);
        all.add(record);
        return all;
    }

    private static CommandResult withoutRecord(Operation.Txn asked, CommandResult done) {
        if (!(done.result() instanceof OperationResult.Txn result)) return done;
        List<Operation> branch = result.succeeded() ? asked.then() : asked.otherwise();
        if (result.results().size() <= branch.size()) return done;
        return CommandResult.ok(
                done.revision(),
                new OperationResult.Txn(result.succeeded(), result.results().subList(0, branch.size())));
    }

    private static CommandResult first(CommandResult done) {
        if (!(done.result() instanceof OperationResult.Txn result)) return done;
        return CommandResult.ok(done.revision(), result.results().get(0));
    }

    private static String action(Operation operation) {
        if (operation instanceof Operation.Put) return "key.put";
        return operation instanceof Operation.Delete ? "key.delete" : "key.txn";
    }

    private static String target(Operation operation) {
        if (operation instanceof Operation.Put put) return shown(put.key());
        if (operation instanceof Operation.Delete delete) {
            KeyRange range = delete.range();
            return range.isSingleKey() ? shown(range.start()) : shown(range.start()) + " … " + shown(range.end());
        }
        Operation.Txn txn = (Operation.Txn) operation;
        for (Operation each : txn.then()) if (!CommandCheck.readsOnly(each)) return target(each);
        for (Operation each : txn.otherwise()) if (!CommandCheck.readsOnly(each)) return target(each);
        return "";
    }

    private static String shown(Bytes key) {
        String text = key.toUtf8().replaceAll("\\p{Cntrl}", "?");
        return text.length() <= KEY_SHOWN_MAX ? text : text.substring(0, KEY_SHOWN_MAX) + "…";
    }

    @Override
    public CompletableFuture<CommandResult> write(Command command) {
        return keyspace.write(command);
    }

    @Override
    public CompletableFuture<CommandResult> read(Operation operation, ReadLevel level) {
        return keyspace.read(operation, level);
    }

    @Override
    public Watch watch(WatchSpec spec, WatchSink sink) {
        return keyspace.watch(spec, sink);
    }
}
