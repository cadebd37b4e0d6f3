package dev.attune.server.audit;

import dev.attune.config.audit.AuditRecord;
import dev.attune.model.kv.Operation;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Makes audit records for the transactions that they belong in. Callable from any thread. */
public final class Audit {
    private final Clock clock;
    private final String run;
    private final AtomicLong count = new AtomicLong();

    public Audit(Clock clock) {
        this.clock = clock;
        byte[] unique = new byte[6];
        new SecureRandom().nextBytes(unique);
        run = HexFormat.of().formatHex(unique);
    }

    /** The operation that writes a record; put it into the transaction that makes the change. */
    public Operation record(String who, String action, String target, String detail) {
        String unique = run + HexFormat.of().toHexDigits((int) count.incrementAndGet());
        AuditRecord record = AuditRecord.of(clock.millis(), unique, who, action, target, detail);
        return Operation.Put.of(record.waitingKey(), record.encode());
    }
}
