package dev.attune.config.audit;

import dev.attune.config.record.Digits;
import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.config.Digests;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;

/**
 * An audit record at its place in the chain: altering, removing or moving one breaks every hash after it.
 *
 * @param number 1, 2, 3 … without gaps
 * @param revision the store's revision of the change it tells of
 * @param previous hash of the link before, empty for the first
 * @param hash over the number, the revision, {@code previous} and the record
 */
public record AuditLink(long number, long revision, String previous, String hash, AuditRecord record) {
    private static final String LOG = "audit/log/";

    /** The link after one with the hash {@code previous}. */
    public static AuditLink after(String previous, long number, long revision, AuditRecord record) {
        return new AuditLink(number, revision, previous, hash(previous, number, revision, record), record);
    }

    private static String hash(String previous, long number, long revision, AuditRecord record) {
        Bytes head = Bytes.utf8(previous + "\n" + number + "\n" + revision + "\n");
        return Digests.sha256(head.concat(record.encode()));
    }

    /** Whether it is what {@link #after} made of the same parts. */
    public boolean intact() {
        return hash.equals(hash(previous, number, revision, record));
    }

    /** Where it lies. */
    public Bytes key() {
        return key(number);
    }

    private static Bytes key(long number) {
        return SystemKeys.of(LOG + Digits.padded(number, 19));
    }

    /** Links with {@code from <= number < to}. */
    public static KeyRange range(long from, long to) {
        return new KeyRange(key(from), key(to));
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static AuditLink decode(Bytes stored) {
        return Records.read(stored, AuditLink.class);
    }

    /**
     * Where the chain ends.
     *
     * @param number of the last link, 0 for none
     * @param hash of the last link, empty for none
     */
    public record Head(long number, String hash) {
        /** Of an empty chain. */
        public static final Head EMPTY = new Head(0, "");

        /** Where it lies. */
        public static Bytes key() {
            return SystemKeys.of("audit/head");
        }

        public Bytes encode() {
            return Records.write(this);
        }

        public static Head decode(Bytes stored) {
            return Records.read(stored, Head.class);
        }
    }
}
