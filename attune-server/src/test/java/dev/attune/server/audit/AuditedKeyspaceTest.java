package dev.attune.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.config.audit.AuditSettings;
import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.keyspace.StoreKeyspace;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AuditedKeyspaceTest {
    private static final Bytes KEY = Bytes.utf8("app/limit");

    private final StoreKeyspace store = new StoreKeyspace();
    private final Audit audit = new Audit(Clock.systemUTC());
    private final AuditTrail trail = new AuditTrail(new Reads(store), audit);
    private final AuditedKeyspace keys = new AuditedKeyspace(store, audit);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void keysAndLeases_leaveNoRecordUnlessAskedFor_compactionAlwaysDoes() {
        write(Operation.Put.of(KEY, Bytes.utf8("1")));
        write(Operation.Put.of(KEY, Bytes.utf8("2")));
        keys.writeAs("ada", new Command.Compact(1)).join();

        assertThat(actions()).containsExactly("keys.compact ada before revision 1");
    }

    @Test
    void eachChange_hasItsRecordAtItsOwnRevision_andItsResultUnchanged() {
        trail.put(new AuditSettings(true), "root").join();

        CommandResult put = write(new Operation.Put(KEY, Bytes.utf8("1"), 0, true, false, false));
        CommandResult txn = write(new Operation.Txn(
                List.of(Compare.exists(KEY)), List.of(Operation.Put.of(KEY, Bytes.utf8("2"))), List.of()));
        CommandResult deleted = write(Operation.Delete.of(KEY));
        keys.writeAs("ada", new Command.GrantLease(7, 5_000)).join();
        keys.writeAs("ada", new Command.RevokeLease(7)).join();

        assertThat(put.result()).isInstanceOf(OperationResult.Put.class);
        assertThat(((OperationResult.Txn) Objects.requireNonNull(txn.result())).results())
                .hasSize(1);
        assertThat(((OperationResult.Delete) Objects.requireNonNull(deleted.result())).deleted())
                .isEqualTo(1);
        assertThat(actions())
                .containsExactly(
                        "lease.revoke ada 7",
                        "lease.grant ada 7",
                        "key.delete ada app/limit",
                        "key.txn ada app/limit",
                        "key.put ada app/limit",
                        "audit.settings root keys");
        assertThat(trail.list(0, 10).join().stream().map(each -> each.revision()))
                .contains(put.revision(), txn.revision(), deleted.revision());
    }

    @Test
    void refusedCompare_changesNothingAndTakesNoRevision() {
        trail.put(new AuditSettings(true), "root").join();
        trail.seal().join();
        long before = store.revision();

        CommandResult refused = write(new Operation.Txn(
                List.of(Compare.exists(KEY)),
                List.of(Operation.Put.of(KEY, Bytes.utf8("2"))),
                List.of(Operation.Range.of(KeyRange.key(KEY)))));

        assertThat(((OperationResult.Txn) Objects.requireNonNull(refused.result())).succeeded())
                .isFalse();
        assertThat(store.revision()).isEqualTo(before);
    }

    private CommandResult write(Operation operation) {
        return keys.writeAs("ada", new Command.Mutate(null, operation)).join();
    }

    private List<String> actions() {
        return trail.list(0, 100).join().stream()
                .map(each -> each.record().action() + " " + each.record().who() + " "
                        + each.record().target())
                .toList();
    }
}
