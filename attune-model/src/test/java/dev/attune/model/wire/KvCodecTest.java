package dev.attune.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KvCodecTest {
    @Property
    void operation_survivesARoundTrip(@ForAll("operations") Operation operation) {
        Decoder in = new Decoder(KvCodec.write(new Encoder(), operation).toBytes());

        assertThat(KvCodec.readOperation(in)).isEqualTo(operation);
        in.expectEnd();
    }

    @Property
    void result_survivesARoundTrip(@ForAll("results") OperationResult result) {
        Decoder in = new Decoder(KvCodec.write(new Encoder(), result).toBytes());

        assertThat(KvCodec.readResult(in)).isEqualTo(result);
        in.expectEnd();
    }

    @Property
    void arbitraryBytes_areDecodedOrRefused_neverAnythingElse(@ForAll @Size(max = 200) byte[] bytes) {
        assertOnlyMalformed(() -> KvCodec.readOperation(new Decoder(bytes)));
        assertOnlyMalformed(() -> KvCodec.readResult(new Decoder(bytes)));
        assertOnlyMalformed(() -> KvCodec.readEvent(new Decoder(bytes)));
        assertOnlyMalformed(() -> KvCodec.readRequestId(new Decoder(bytes)));
    }

    @Property
    void cutOperation_isRefused(@ForAll("operations") Operation operation) {
        byte[] whole = KvCodec.write(new Encoder(), operation).toArray();

        for (int length = 0; length < whole.length; length++) {
            Decoder in = new Decoder(whole, 0, length);
            assertThatThrownBy(() -> KvCodec.readOperation(in)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void transactionsNestedTooDeep_areRefusedBeforeTheStackSuffers() {
        Operation nested = Operation.Delete.of(Bytes.utf8("k"));
        for (int depth = 0; depth <= KvCodec.TXN_DEPTH_MAX; depth++)
            nested = new Operation.Txn(List.of(), List.of(nested), List.of());
        Decoder in = new Decoder(KvCodec.write(new Encoder(), nested).toBytes());

        assertThatThrownBy(() -> KvCodec.readOperation(in)).hasMessageContaining("transaction depth");
    }

    @Test
    void claimedLengthBeyondTheInput_isRefusedWithoutAllocating_O3() {
        byte[] bytes = new Encoder().varint(Integer.MAX_VALUE).toArray();

        assertThatThrownBy(() -> new Decoder(bytes).bytes()).hasMessageContaining("expected: 0..0");
    }

    @Property
    void requestIdAndEvent_surviveARoundTrip(@ForAll("keyValues") KeyValue kv, @ForAll long clientId) {
        RequestId id = new RequestId(clientId == 0 ? 1 : clientId, 7, 3);
        Encoder out = new Encoder();
        KvCodec.write(out, id);
        KvCodec.write(out, new Event(kv, kv));

        Decoder in = new Decoder(out.toBytes());

        assertThat(KvCodec.readRequestId(in)).isEqualTo(id);
        assertThat(KvCodec.readEvent(in)).isEqualTo(new Event(kv, kv));
    }

    private static void assertOnlyMalformed(Runnable decode) {
        try {
            decode.run();
        } catch (MalformedException expected) {
            assertThat(expected).hasMessageNotContaining("null");
        }
    }

    @Provide
    Arbitrary<Operation> operations() {
        Arbitrary<Operation> leaf = Arbitraries.oneOf(
                Combinators.combine(bytes(), bytes(), numbers())
                        .as((key, value, lease) -> new Operation.Put(key, value, lease, lease > 5, false, true)),
                Combinators.combine(ranges(), numbers(), numbers())
                        .as((range, limit, revision) -> new Operation.Range(
                                range,
                                limit,
                                revision,
                                new Operation.Sort(Operation.Sort.Target.VALUE, Operation.Sort.Order.DESCENDING),
                                Operation.View.KEYS_ONLY,
                                new Operation.Filter(limit, revision, 3, 4))),
                ranges().map(range -> new Operation.Delete(range, true)));
        Arbitrary<Operation> txn = Combinators.combine(
                        compares().list().ofMaxSize(3),
                        leaf.list().ofMaxSize(3),
                        leaf.list().ofMaxSize(3))
                .as((compares, then, otherwise) ->
                        new Operation.Txn(compares, then, List.of(new Operation.Txn(List.of(), otherwise, List.of()))));
        return Arbitraries.oneOf(leaf, txn);
    }

    @Provide
    Arbitrary<OperationResult> results() {
        Arbitrary<OperationResult> leaf = Arbitraries.oneOf(
                keyValues().injectNull(0.3).map(OperationResult.Put::new),
                keyValues().list().ofMaxSize(3).map(all -> new OperationResult.Range(all, true, 9)),
                keyValues().list().ofMaxSize(3).map(all -> new OperationResult.Delete(all.size(), all)));
        return Arbitraries.oneOf(leaf, leaf.list().ofMaxSize(3).map(all -> new OperationResult.Txn(true, all)));
    }

    @Provide
    Arbitrary<KeyValue> keyValues() {
        return Combinators.combine(bytes(), bytes(), numbers())
                .as((key, value, number) -> new KeyValue(key, value, number, number + 1, number + 2, number));
    }

    private static Arbitrary<Bytes> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(12).map(Bytes::wrap);
    }

    private static Arbitrary<Long> numbers() {
        return Arbitraries.longs().between(0, 1L << 40);
    }

    private static Arbitrary<KeyRange> ranges() {
        return Combinators.combine(bytes(), bytes()).as(KeyRange::new);
    }

    private static Arbitrary<Compare> compares() {
        return Combinators.combine(ranges(), Arbitraries.of(Compare.Target.values()), numbers(), bytes())
                .as((range, target, number, value) -> target == Compare.Target.VALUE
                        ? new Compare(range, target, Compare.Relation.LESS, 0, value)
                        : new Compare(range, target, Compare.Relation.NOT_EQUAL, number, Bytes.EMPTY));
    }
}
