package dev.attune.model.kv;

import dev.attune.model.Bytes;

/**
 * A guard of a transaction: true when every key of {@code range} compares so. A range without keys compares
 * like one key whose version, revisions and lease are 0; comparing its value is false, as in etcd.
 *
 * @param number what is compared with for every target but {@link Target#VALUE}
 * @param value what is compared with for {@link Target#VALUE}, else empty
 */
public record Compare(KeyRange range, Target target, Relation relation, long number, Bytes value) {
    /** What of the key is compared. The ordinal is the wire number, as in etcd. */
    public enum Target {
        VERSION,
        CREATE_REVISION,
        MOD_REVISION,
        VALUE,
        LEASE
    }

    /** How actual and expected must relate. The ordinal is the wire number, as in etcd. */
    public enum Relation {
        EQUAL,
        GREATER,
        LESS,
        NOT_EQUAL
    }

    public static Compare number(Bytes key, Target target, Relation relation, long number) {
        return new Compare(KeyRange.key(key), target, relation, number, Bytes.EMPTY);
    }

    /** True when the key's last change is exactly {@code revision}; 0 means it does not exist. */
    public static Compare modRevisionIs(Bytes key, long revision) {
        return number(key, Target.MOD_REVISION, Relation.EQUAL, revision);
    }

    public static Compare absent(Bytes key) {
        return number(key, Target.VERSION, Relation.EQUAL, 0);
    }

    public static Compare exists(Bytes key) {
        return number(key, Target.VERSION, Relation.GREATER, 0);
    }

    public static Compare valueIs(Bytes key, Bytes value) {
        return new Compare(KeyRange.key(key), Target.VALUE, Relation.EQUAL, 0, value);
    }
}
