package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.MalformedException;

/**
 * One change of one key as it lies in the {@link RevisionStore}: kind, create revision, version, lease, key, value and
 * seal. The revision is its address.
 */
final class ChangeRecord {
    private static final int PUT = 1;
    private static final int DELETE = 2;

    private ChangeRecord() {}

    /** The record of {@code change}; a delete is a change of version 0. */
    static byte[] encode(KeyValue change, int sub) {
        Bytes key = change.key();
        Bytes value = change.value();
        int size = 1
                + varintSize(change.createRevision())
                + varintSize(change.version())
                + varintSize(change.leaseId())
                + varintSize(key.size())
                + key.size()
                + value.size()
                + SealedRecord.SEAL_BYTES;
        byte[] out = new byte[size];
        out[0] = (byte) (change.isDeleted() ? DELETE : PUT);
        int at = varint(out, 1, change.createRevision());
        at = varint(out, at, change.version());
        at = varint(out, at, change.leaseId());
        at = varint(out, at, key.size());
        System.arraycopy(key.unsafeArray(), 0, out, at, key.size());
        at += key.size();
        System.arraycopy(value.unsafeArray(), 0, out, at, value.size());
        return SealedRecord.seal(out, change.modRevision(), sub);
    }

    static KeyValue decode(Bytes record, long revision, int sub) {
        byte[] all = SealedRecord.check(record, revision, sub);
        try {
            Decoder in = new Decoder(all, 0, all.length - SealedRecord.SEAL_BYTES);
            int kind = in.byteValue();
            long create = in.varint();
            long version = in.varint();
            long lease = in.varint();
            Bytes key = in.bytes();
            Bytes value = Bytes.wrap(in.rest());
            if (kind != PUT && kind != DELETE || (kind == DELETE) != (version == 0))
                throw SealedRecord.damaged(revision, sub);
            return new KeyValue(key, value, create, revision, version, lease);
        } catch (MalformedException e) {
            throw new DamagedStateException("record at revision " + revision + "." + sub + ": malformed", e);
        }
    }

    private static int varintSize(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    private static int varint(byte[] out, int from, long value) {
        int at = from;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[at++] = (byte) rest;
        return at;
    }
}
