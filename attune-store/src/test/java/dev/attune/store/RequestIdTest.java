package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class RequestIdTest {
    private final InMemoryRevisionStore revisions = new InMemoryRevisionStore();
    private Store store = Store.open(revisions, new StoreOptions(1 << 20, 10, 100_000));
    private long index;

    @Test
    @DisplayName("G4: what the client says was answered is refused from then on, also after a restart")
    void answeredRequest_isRefusedAndNotRunAgain() {
        put(7, 1, 1, "a");
        put(7, 2, 2, "a");
        reopen();

        CommandResult late = put(7, 1, 1, "a");

        assertThat(late.error()).isEqualTo(ErrorCode.ALREADY_APPLIED);
        assertThat(store.revision()).isEqualTo(3);
    }

    @Test
    @DisplayName("G4: a refusal is repeated as well")
    void refusedRequest_isRefusedAlikeLater() {
        Operation.Put leased = Operation.Put.of(Bytes.utf8("a"), Bytes.EMPTY).withLease(9);
        CommandResult first = apply(new RequestId(7, 1, 1), leased);
        store.apply(++index, new Command.GrantLease(9, 1000));

        assertThat(first.error()).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
        assertThat(apply(new RequestId(7, 1, 1), leased)).isEqualTo(first);
    }

    @Test
    @DisplayName("G4: a large result is not kept, but the request still has one effect")
    void largeResult_isAnsweredByItsRevision() {
        Operation.Put large = Operation.Put.of(Bytes.utf8("a"), Bytes.wrap(new byte[70_000]));
        apply(new RequestId(7, 1, 1), large);
        CommandResult first = apply(new RequestId(7, 2, 1), large.withPrevious());
        put(7, 3, 1, "b");

        CommandResult again = apply(new RequestId(7, 2, 1), large.withPrevious());

        assertThat(first.error()).isNull();
        assertThat(again.error()).isEqualTo(ErrorCode.ALREADY_APPLIED);
        assertThat(again.revision()).isEqualTo(3);
        assertThat(store.revision()).isEqualTo(4);
    }

    @Test
    @DisplayName("G4: over the byte bound the oldest results are forgotten, their marks stay")
    void manyLargeResults_forgetTheOldest() {
        apply(new RequestId(7, 1, 0), Operation.Put.of(Bytes.utf8("a"), Bytes.wrap(new byte[40_000])));
        for (int i = 2; i < 6; i++) apply(new RequestId(7, i, 0), Operation.Range.of(KeyRange.all()));

        assertThat(apply(new RequestId(7, 2, 0), Operation.Range.of(KeyRange.all()))
                        .error())
                .isEqualTo(ErrorCode.ALREADY_APPLIED);
        assertThat(apply(new RequestId(7, 5, 0), Operation.Range.of(KeyRange.all()))
                        .error())
                .isNull();
        reopen();
    }

    @Test
    @DisplayName("G4: over the bound the oldest requests go first, on every member alike")
    void manyRequests_dropTheOldest() {
        for (int client = 1; client <= 11; client++) put(client, 1, 0, "k" + client);
        reopen();

        assertThat(put(2, 1, 0, "k2").revision()).isEqualTo(3);
        assertThat(store.revision()).isEqualTo(12);
        assertThat(put(1, 1, 0, "k1").revision()).isEqualTo(13);
    }

    private void reopen() {
        store.commit();
        StateHash before = store.stateHash();
        store = Store.open(revisions, new StoreOptions(1 << 20, 10, 100_000));
        assertThat(store.stateHash()).isEqualTo(before);
    }

    private CommandResult put(long client, long sequence, long completedBelow, String key) {
        return apply(
                new RequestId(client, sequence, completedBelow), Operation.Put.of(Bytes.utf8(key), Bytes.utf8("v")));
    }

    private CommandResult apply(RequestId id, Operation operation) {
        return ResultCodec.decode(store.apply(++index, CommandCodec.encode(new Command.Mutate(id, operation))));
    }
}
