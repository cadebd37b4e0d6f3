package dev.attune.server.tuning;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import java.time.Instant;

/**
 * What keeps automation off: a kill switch, a pause of a policy, a pin of a key.
 *
 * @param by who set it
 * @param sinceMillis when
 * @param untilMillis when it ends by itself; 0 for when it is taken away
 * @param why in that person's words; may be empty
 */
record Hold(String by, long sinceMillis, long untilMillis, String why) {
    static final int WHY_MAX = 512;

    Hold {
        if (why.length() > WHY_MAX)
            throw new IllegalArgumentException("why: " + why.length() + " characters (expected: <= 512)");
    }

    boolean holds(long nowMillis) {
        return untilMillis == 0 || nowMillis < untilMillis;
    }

    /** "by ana until 2026-01-01T12:00:00Z: sale". */
    String words() {
        String text = "by " + by;
        if (untilMillis > 0) text += " until " + Instant.ofEpochMilli(untilMillis);
        return why.isEmpty() ? text : text + ": " + why;
    }

    Bytes encode() {
        return Records.write(this);
    }

    static Hold decode(Bytes stored) {
        return Records.read(stored, Hold.class);
    }
}
