package dev.attune.config.audit;

import dev.attune.config.record.Digits;
import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;

/**
 * Who changed what and when. Written in the transaction that makes the change, so neither exists without the other;
 * then given its place in the chain.
 *
 * @param id unique; begins with the time, so that records waiting for their place lie in order
 * @param timeMillis by the serving node's clock, in milliseconds since 1970
 * @param who name of the principal
 * @param action what was done, for instance {@code file.publish}
 * @param target what it was done to, for instance a file's address
 * @param detail in a few words; never a value
 */
public record AuditRecord(String id, long timeMillis, String who, String action, String target, String detail) {
    private static final String WAITING = "audit/waiting/";

    /** A record; {@code unique} makes its id unlike any other of the same millisecond. */
    public static AuditRecord of(
            long timeMillis, String unique, String who, String action, String target, String detail) {
        String id = Digits.padded(timeMillis, 15) + "-" + unique;
        return new AuditRecord(id, timeMillis, who, action, target, detail);
    }

    /** Records that have no place in the chain yet. */
    public static KeyRange waiting() {
        return KeyRange.prefix(SystemKeys.of(WAITING));
    }

    /** Where it waits. */
    public Bytes waitingKey() {
        return SystemKeys.of(WAITING + id);
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static AuditRecord decode(Bytes stored) {
        return Records.read(stored, AuditRecord.class);
    }
}
