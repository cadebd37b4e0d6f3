package dev.attune.tuning.decision;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Caution;
import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.guard.GuardState;

/**
 * What a climb remembers from tick to tick. Part of every record, so that a new leader goes on with the trial that runs.
 *
 * @param search where the climb stands
 * @param caution what it knows of its guards
 * @param guards of the keys
 * @param trialSinceMillis since when a candidate runs; the greatest long while none does
 */
public record ClimbMemory(HillClimb.State search, Caution caution, GuardState guards, long trialSinceMillis) {
    /** A climb that begins at the values in force. */
    public static ClimbMemory start(HillClimb climb, double[] current, int changesPerHour, long nowMillis) {
        return new ClimbMemory(
                climb.start(current, nowMillis),
                Caution.NONE,
                GuardState.start(changesPerHour, nowMillis),
                Long.MAX_VALUE);
    }

    /** Whether a candidate runs. */
    public boolean tries() {
        return trialSinceMillis != Long.MAX_VALUE;
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        search.write(out);
        caution.write(out);
        guards.write(out);
        out.fixed64(trialSinceMillis);
    }

    /** Reads what {@link #write} wrote. */
    public static ClimbMemory read(Decoder in) {
        return new ClimbMemory(HillClimb.State.read(in), Caution.read(in), GuardState.read(in), in.fixed64());
    }
}
