package dev.attune.config.audit;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.kv.SystemKeys;

/**
 * What is recorded besides what always is.
 *
 * @param keys whether each change of raw keys and leases leaves a record too, which makes it about twice the work
 */
public record AuditSettings(boolean keys) {
    /** Before anybody said otherwise: raw keys and leases are not recorded. */
    public static final AuditSettings DEFAULT = new AuditSettings(false);

    /** Where they lie. */
    public static Bytes key() {
        return SystemKeys.of("audit/settings");
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static AuditSettings decode(Bytes stored) {
        return Records.read(stored, AuditSettings.class);
    }
}
