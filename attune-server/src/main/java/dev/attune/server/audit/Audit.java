package dev.attune.server.audit;

import dev.attune.config.audit.AuditRecord;
import dev.attune.model.kv.Operation;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;

/** Makes audit records for the transactions that they belong in. Callable from any thread. */
public final class Audit {
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public Audit(Clock clock) {
        this.clock = clock;
    }

    /** The operation that writes a record; put it into the transaction that makes the change. */
    public Operation record(String who, String action, String target, String detail) {
        byte[] unique = new byte[8];
        random.nextBytes(unique);
        AuditRecord record =
                AuditRecord.of(clock.millis(), HexFormat.of().formatHex(unique), who, action, target, detail);
        return Operation.Put.of(record.waitingKey(), record.encode());
    }
}
