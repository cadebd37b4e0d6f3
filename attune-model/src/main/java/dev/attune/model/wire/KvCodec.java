package dev.attune.model.wire;

import dev.attune.model.Bytes;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Bytes ↔ the key-value vocabulary. Wire-stable: numbers are only ever added. */
public final class KvCodec {
    /** How deep transactions may nest, the outermost being 1; deeper input is refused while decoding. */
    public static final int TXN_DEPTH_MAX = 8;

    private static final int RANGE = 1;
    private static final int PUT = 2;
    private static final int DELETE = 3;
    private static final int TXN = 4;

    private KvCodec() {}

    public static Encoder write(Encoder out, Operation operation) {
        return operation.match(new Operation.Cases<Encoder>() {
            @Override
            public Encoder range(Operation.Range r) {
                out.byteValue(RANGE);
                write(out, r.range());
                out.varint(r.limit()).varint(r.revision());
                out.varint(r.sort().target().ordinal()).varint(r.sort().order().ordinal());
                out.varint(r.view().ordinal());
                Operation.Filter f = r.filter();
                out.varint(f.modRevisionMin()).varint(f.modRevisionMax());
                out.varint(f.createRevisionMin()).varint(f.createRevisionMax());
                return out;
            }

            @Override
            public Encoder put(Operation.Put p) {
                out.byteValue(PUT).bytes(p.key()).bytes(p.value()).varint(p.leaseId());
                out.bool(p.previous()).bool(p.keepValue()).bool(p.keepLease());
                return out;
            }

            @Override
            public Encoder delete(Operation.Delete d) {
                out.byteValue(DELETE);
                write(out, d.range());
                out.bool(d.previous());
                return out;
            }

            @Override
            public Encoder txn(Operation.Txn t) {
                out.byteValue(TXN).varint(t.compares().size());
                for (Compare compare : t.compares()) write(out, compare);
                out.varint(t.then().size());
                for (Operation each : t.then()) write(out, each);
                out.varint(t.otherwise().size());
                for (Operation each : t.otherwise()) write(out, each);
                return out;
            }
        });
    }

    public static Operation readOperation(Decoder in) {
        return readOperation(in, 1);
    }

    private static Operation readOperation(Decoder in, int depth) {
        int kind = in.byteValue();
        try {
            switch (kind) {
                case RANGE:
                    return readRange(in);
                case PUT:
                    return new Operation.Put(in.bytes(), in.bytes(), in.varint(), in.bool(), in.bool(), in.bool());
                case DELETE:
                    return new Operation.Delete(readKeyRange(in), in.bool());
                case TXN:
                    if (depth > TXN_DEPTH_MAX)
                        throw new MalformedException("transaction depth: more than " + TXN_DEPTH_MAX);
                    return new Operation.Txn(
                            list(in, 5, KvCodec::readCompare),
                            list(in, 3, d -> readOperation(d, depth + 1)),
                            list(in, 3, d -> readOperation(d, depth + 1)));
                default:
                    throw new MalformedException("operation kind: " + kind + " (expected: 1..4)");
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Operation.Range readRange(Decoder in) {
        return new Operation.Range(
                readKeyRange(in),
                in.varint(),
                in.varint(),
                new Operation.Sort(
                        in.enumValue(Operation.Sort.Target.values()), in.enumValue(Operation.Sort.Order.values())),
                in.enumValue(Operation.View.values()),
                new Operation.Filter(in.varint(), in.varint(), in.varint(), in.varint()));
    }

    public static Encoder write(Encoder out, OperationResult result) {
        return result.match(new OperationResult.Cases<Encoder>() {
            @Override
            public Encoder range(OperationResult.Range r) {
                out.byteValue(RANGE).bool(r.more()).varint(r.count());
                writeAll(out, r.keyValues());
                return out;
            }

            @Override
            public Encoder put(OperationResult.Put p) {
                out.byteValue(PUT);
                writeOptional(out, p.previous());
                return out;
            }

            @Override
            public Encoder delete(OperationResult.Delete d) {
                out.byteValue(DELETE).varint(d.deleted());
                writeAll(out, d.previous());
                return out;
            }

            @Override
            public Encoder txn(OperationResult.Txn t) {
                out.byteValue(TXN).bool(t.succeeded()).varint(t.results().size());
                for (OperationResult each : t.results()) write(out, each);
                return out;
            }
        });
    }

    public static OperationResult readResult(Decoder in) {
        return readResult(in, 1);
    }

    private static OperationResult readResult(Decoder in, int depth) {
        int kind = in.byteValue();
        switch (kind) {
            case RANGE:
                boolean more = in.bool();
                long count = in.varint();
                return new OperationResult.Range(list(in, 6, KvCodec::readKeyValue), more, count);
            case PUT:
                return new OperationResult.Put(readOptional(in));
            case DELETE:
                return new OperationResult.Delete(in.varint(), list(in, 6, KvCodec::readKeyValue));
            case TXN:
                if (depth > TXN_DEPTH_MAX)
                    throw new MalformedException("transaction depth: more than " + TXN_DEPTH_MAX);
                return new OperationResult.Txn(in.bool(), list(in, 2, d -> readResult(d, depth + 1)));
            default:
                throw new MalformedException("result kind: " + kind + " (expected: 1..4)");
        }
    }

    public static void write(Encoder out, KeyRange range) {
        out.bytes(range.start()).bytes(range.end());
    }

    public static KeyRange readKeyRange(Decoder in) {
        return new KeyRange(in.bytes(), in.bytes());
    }

    public static void write(Encoder out, KeyValue kv) {
        out.bytes(kv.key()).bytes(kv.value());
        out.varint(kv.createRevision())
                .varint(kv.modRevision())
                .varint(kv.version())
                .varint(kv.leaseId());
    }

    public static KeyValue readKeyValue(Decoder in) {
        return new KeyValue(in.bytes(), in.bytes(), in.varint(), in.varint(), in.varint(), in.varint());
    }

    public static void write(Encoder out, Event event) {
        write(out, event.keyValue());
        writeOptional(out, event.previous());
    }

    public static Event readEvent(Decoder in) {
        return new Event(readKeyValue(in), readOptional(in));
    }

    public static void write(Encoder out, Compare compare) {
        write(out, compare.range());
        out.varint(compare.target().ordinal()).varint(compare.relation().ordinal());
        if (compare.target() == Compare.Target.VALUE) out.bytes(compare.value());
        else out.varint(compare.number());
    }

    public static Compare readCompare(Decoder in) {
        KeyRange range = readKeyRange(in);
        Compare.Target target = in.enumValue(Compare.Target.values());
        Compare.Relation relation = in.enumValue(Compare.Relation.values());
        return target == Compare.Target.VALUE
                ? new Compare(range, target, relation, 0, in.bytes())
                : new Compare(range, target, relation, in.varint(), Bytes.EMPTY);
    }

    public static void write(Encoder out, RequestId id) {
        out.fixed64(id.clientId()).varint(id.sequence()).varint(id.completedBelow());
    }

    public static RequestId readRequestId(Decoder in) {
        try {
            return new RequestId(in.fixed64(), in.varint(), in.varint());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void writeAll(Encoder out, List<KeyValue> all) {
        out.varint(all.size());
        for (KeyValue kv : all) write(out, kv);
    }

    private static void writeOptional(Encoder out, @Nullable KeyValue kv) {
        out.bool(kv != null);
        if (kv != null) write(out, kv);
    }

    private static @Nullable KeyValue readOptional(Decoder in) {
        return in.bool() ? readKeyValue(in) : null;
    }

    private static <T> List<T> list(Decoder in, int bytesEach, Function<Decoder, T> read) {
        int count = in.count(bytesEach);
        List<T> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) all.add(read.apply(in));
        return all;
    }
}
