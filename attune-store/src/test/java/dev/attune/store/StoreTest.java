package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class StoreTest {
    private static final Bytes A = Bytes.utf8("a");
    private static final Bytes B = Bytes.utf8("b");

    private final InMemoryRevisionStore revisions = new InMemoryRevisionStore();
    private final Store store = Store.open(revisions);
    private long index;

    @Test
    void emptyStore_isAtRevisionOneAndFirstWriteMakesTwo() {
        assertThat(store.revision()).isEqualTo(1);

        assertThat(put("a", "1").revision()).isEqualTo(2);
        assertThat(store.appliedIndex()).isEqualTo(1);
    }

    @Test
    void changesOfOneTransaction_shareARevisionAndAreSeenByItsLaterRanges() {
        CommandResult result = run(new Operation.Txn(
                List.of(Compare.absent(A)),
                List.of(putOf("a", "1"), putOf("b", "2"), Operation.Range.of(KeyRange.all())),
                List.of()));

        assertThat(result.revision()).isEqualTo(2);
        OperationResult.Txn txn = (OperationResult.Txn) java.util.Objects.requireNonNull(result.result());
        assertThat(((OperationResult.Range) txn.results().get(2)).keyValues())
                .containsExactly(
                        new KeyValue(A, Bytes.utf8("1"), 2, 2, 1, 0), new KeyValue(B, Bytes.utf8("2"), 2, 2, 1, 0));
    }

    @Test
    void keyPutTwiceInOneTransaction_isRefused() {
        CommandResult result = run(new Operation.Txn(List.of(), List.of(putOf("a", "1"), putOf("a", "2")), List.of()));

        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(store.revision()).isEqualTo(1);
    }

    @Test
    void compactedRevision_isStillReadableButNotTheOneBefore() {
        put("a", "1");
        put("a", "2");
        put("a", "3");

        apply(new Command.Compact(3));

        assertThat(read(Operation.Range.of(KeyRange.key(A)).atRevision(3))
                        .get(0)
                        .value())
                .isEqualTo(Bytes.utf8("2"));
        assertThatThrownBy(() -> read(Operation.Range.of(KeyRange.key(A)).atRevision(2)))
                .extracting(e -> ((AttuneException) e).code())
                .isEqualTo(ErrorCode.COMPACTED);
        assertThatThrownBy(() -> read(Operation.Range.of(KeyRange.key(A)).atRevision(5)))
                .extracting(e -> ((AttuneException) e).code())
                .isEqualTo(ErrorCode.FUTURE_REVISION);
        assertThat(apply(new Command.Compact(3)).error()).isEqualTo(ErrorCode.COMPACTED);
        assertThat(apply(new Command.Compact(9)).error()).isEqualTo(ErrorCode.FUTURE_REVISION);
    }

    @Test
    @DisplayName("an expiry that an earlier leader saw ends nothing once another keeps the leases' time")
    void expirySeenByAnEarlierLeader_endsNothing() {
        apply(new Command.GrantLease(7, 5_000));
        run(Operation.Put.of(A, A).withLease(7));
        assertThat(apply(new Command.ExpireLease(7, 3)).error()).isEqualTo(ErrorCode.CONFLICT);
        apply(new Command.KeepLeases(3));
        long before = store.revision();
        apply(new Command.KeepLeases(4));

        assertThat(apply(new Command.ExpireLease(7, 3)).error()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(apply(new Command.KeepLeases(3)).error()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(store.revision()).isEqualTo(before);
        assertThat(store.leases()).hasSize(1);

        assertThat(apply(new Command.ExpireLease(7, 4)).error()).isNull();
        assertThat(store.leases()).isEmpty();
        assertThat(read(Operation.Range.of(KeyRange.all()))).isEmpty();
    }

    @Test
    void revokedLease_deletesItsKeysAtOneRevision() {
        apply(new Command.GrantLease(7, 5_000));
        run(Operation.Put.of(A, A).withLease(7));
        run(Operation.Put.of(B, B).withLease(7));
        assertThat(store.lease(7)).contains(new Lease(7, 5_000, Set.of(A, B)));
        put("b", "detached");
        run(Operation.Put.of(Bytes.utf8("c"), B).withLease(7));
        long before = store.revision();

        CommandResult result = apply(new Command.RevokeLease(7));

        assertThat(result.revision()).isEqualTo(before + 1);
        assertThat(read(Operation.Range.of(KeyRange.all()))).hasSize(1);
        assertThat(store.leases()).isEmpty();
        assertThat(apply(new Command.RevokeLease(7)).error()).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
        assertThat(run(Operation.Put.of(A, A).withLease(7)).error()).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
    }

    @Test
    @DisplayName("G4: a repeated request has one effect and returns the first result")
    void repeatedRequest_returnsTheFirstResult() {
        byte[] command = CommandCodec.encode(new Command.Mutate(new RequestId(9, 1, 1), putOf("a", "1")));

        byte[] first = store.apply(++index, command);
        put("b", "2");
        byte[] second = store.apply(++index, command);

        assertThat(second).isEqualTo(first);
        assertThat(read(Operation.Range.of(KeyRange.key(A))).get(0).version()).isEqualTo(1);
    }

    @Test
    void reopenedStore_isAsCommitted() {
        put("a", "1");
        apply(new Command.GrantLease(7, 5_000));
        run(Operation.Put.of(B, B).withLease(7));
        store.apply(++index, new Command.Mutate(new RequestId(9, 1, 1), putOf("a", "2")));
        apply(new Command.Compact(2));
        store.commit();
        StateHash committed = store.stateHash();
        put("lost", "1");
        revisions.rollback();

        Store again = Store.open(revisions);

        assertThat(again.stateHash()).isEqualTo(committed);
        assertThat(again.appliedIndex()).isEqualTo(5);
        assertThat(again.leases()).containsExactly(new Lease(7, 5_000, Set.of(B)));
    }

    private CommandResult put(String key, String value) {
        return run(putOf(key, value));
    }

    private static Operation.Put putOf(String key, String value) {
        return Operation.Put.of(Bytes.utf8(key), Bytes.utf8(value));
    }

    private CommandResult run(Operation operation) {
        return apply(new Command.Mutate(null, operation));
    }

    private CommandResult apply(Command command) {
        return store.apply(++index, command);
    }

    private List<KeyValue> read(Operation.Range range) {
        OperationResult result = store.read(range).result();
        return ((OperationResult.Range) java.util.Objects.requireNonNull(result)).keyValues();
    }
}
