package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyValue;

/** Decides the guards of a transaction against the newest state, as etcd does. */
final class Compares {
    private static final KeyValue ABSENT = new KeyValue(Bytes.EMPTY, Bytes.EMPTY, 0, 0, 0, 0);

    private Compares() {}

    /**
     * Whether every key of the range compares so. A range without keys compares like one key whose numbers are all 0;
     * for a value compare it is false, since no bytes could mean "none".
     */
    static boolean holds(Compare compare, Versions versions) {
        boolean byValue = compare.target() == Compare.Target.VALUE;
        boolean any = false;
        long at = versions.readRevision();
        for (KeyHistory each : versions.live(compare.range())) {
            KeyValue found = byValue ? versions.at(each, at) : versions.withoutValueAt(each, at);
            if (found == null) continue;
            any = true;
            if (!holds(compare, found)) return false;
        }
        return any || (!byValue && holds(compare, ABSENT));
    }

    private static boolean holds(Compare compare, KeyValue actual) {
        int order = order(compare, actual);
        switch (compare.relation()) {
            case EQUAL:
                return order == 0;
            case GREATER:
                return order > 0;
            case LESS:
                return order < 0;
            case NOT_EQUAL:
                return order != 0;
        }
        throw new IllegalStateException("relation: " + compare.relation());
    }

    private static int order(Compare compare, KeyValue actual) {
        switch (compare.target()) {
            case VERSION:
                return Long.compare(actual.version(), compare.number());
            case CREATE_REVISION:
                return Long.compare(actual.createRevision(), compare.number());
            case MOD_REVISION:
                return Long.compare(actual.modRevision(), compare.number());
            case VALUE:
                return actual.value().compareTo(compare.value());
            case LEASE:
                return Long.compare(actual.leaseId(), compare.number());
        }
        throw new IllegalStateException("target: " + compare.target());
    }
}
