package dev.attune.store;

import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.Operation.Filter;
import dev.attune.model.kv.Operation.Sort;
import dev.attune.model.kv.Operation.View;
import dev.attune.model.kv.OperationResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads ranges, as etcd does. */
final class Ranges {
    private Ranges() {}

    /** The revision must be readable. */
    static OperationResult.Range read(Operation.Range range, Versions versions) {
        long at = range.revision() == 0 ? versions.readRevision() : range.revision();
        boolean counting = range.view() == View.COUNT_ONLY;
        // As in etcd: an explicit order or a filter looks at every key, else the limit applies before sorting.
        boolean wholeRange =
                range.sort().order() != Sort.Order.NONE || !range.filter().equals(Filter.NONE);
        // One more than asked for, which tells whether there is more and takes part in sorting.
        long most = counting ? 0 : wholeRange || range.limit() == 0 ? Long.MAX_VALUE : saturatedNext(range.limit());
        boolean values = range.view() == View.FULL || range.sort().target() == Sort.Target.VALUE;
        long count = 0;
        List<KeyValue> found = new ArrayList<>();
        for (KeyHistory each : versions.in(range.range(), at)) {
            if (!versions.existsAt(each, at)) continue;
            count++;
            if (count > most) continue;
            KeyValue kv = values ? versions.at(each, at) : versions.withoutValueAt(each, at);
            if (kv != null && passes(kv, range.filter())) found.add(kv);
        }
        sort(found, range.sort());
        boolean more = range.limit() > 0 && found.size() > range.limit();
        if (more) found = found.subList(0, (int) range.limit());
        if (range.view() == View.KEYS_ONLY) found.replaceAll(KeyValue::withoutValue);
        return new OperationResult.Range(found, more, count);
    }

    private static long saturatedNext(long limit) {
        return limit == Long.MAX_VALUE ? limit : limit + 1;
    }

    private static boolean passes(KeyValue kv, Filter filter) {
        return (filter.modRevisionMin() == 0 || kv.modRevision() >= filter.modRevisionMin())
                && (filter.modRevisionMax() == 0 || kv.modRevision() <= filter.modRevisionMax())
                && (filter.createRevisionMin() == 0 || kv.createRevision() >= filter.createRevisionMin())
                && (filter.createRevisionMax() == 0 || kv.createRevision() <= filter.createRevisionMax());
    }

    private static void sort(List<KeyValue> found, Sort sort) {
        boolean byKey = sort.target() == Sort.Target.KEY;
        // Keys come in ascending order already.
        if (byKey && sort.order() != Sort.Order.DESCENDING) return;
        Comparator<KeyValue> ascending = comparator(sort.target());
        found.sort(sort.order() == Sort.Order.DESCENDING ? ascending.reversed() : ascending);
    }

    private static Comparator<KeyValue> comparator(Sort.Target target) {
        switch (target) {
            case KEY:
                return Comparator.comparing(KeyValue::key);
            case VERSION:
                return Comparator.comparingLong(KeyValue::version);
            case CREATE_REVISION:
                return Comparator.comparingLong(KeyValue::createRevision);
            case MOD_REVISION:
                return Comparator.comparingLong(KeyValue::modRevision);
            case VALUE:
                return Comparator.comparing(KeyValue::value);
        }
        throw new IllegalStateException("target: " + target);
    }
}
