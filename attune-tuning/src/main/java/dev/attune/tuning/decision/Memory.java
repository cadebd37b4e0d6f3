package dev.attune.tuning.decision;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.ModelCheck;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.control.ThresholdController;
import dev.attune.tuning.guard.GuardState;

/**
 * What a policy remembers from tick to tick. Part of every record, so that a new leader goes on where the last one stood.
 *
 * @param guards of the key
 * @param threshold of a threshold policy
 * @param check of the model of a goal policy
 * @param move the last change that was made
 * @param missingSinceMillis since when signals are missing; the greatest long while they are not
 * @param tripped why the policy is no longer trusted; empty while it is
 */
public record Memory(
        GuardState guards,
        ThresholdController.State threshold,
        ModelCheck check,
        Move move,
        long missingSinceMillis,
        String tripped) {
    /**
     * A change that was made and whose effect was not judged yet.
     *
     * @param atMillis when; the least long for none
     * @param from the value before, of the deputy if there is one
     * @param to the value after
     * @param metric that was to be expected without the change
     */
    public record Move(long atMillis, double from, double to, double metric) {
        /** None. */
        public static final Move NONE = new Move(Long.MIN_VALUE, 0, 0, 0);
    }

    /** A policy that has just begun. */
    public static Memory start(int changesPerHour, long nowMillis) {
        return new Memory(
                GuardState.start(changesPerHour, nowMillis),
                ThresholdController.State.START,
                ModelCheck.START,
                Move.NONE,
                Long.MAX_VALUE,
                "");
    }

    /** After the last change was taken back: its value is barred, and a second time within an hour trips the policy. */
    public Memory rolledBack(Setting value, Setting from, long nowMillis) {
        GuardState after = guards.rolledBack(value, from, nowMillis);
        String why = after.tripped(nowMillis) ? "two changes were rolled back within an hour" : tripped;
        return new Memory(after, threshold, check, Move.NONE, missingSinceMillis, why);
    }

    /** After a person looked at a tripped policy and trusts it again. */
    public Memory trustedAgain() {
        GuardState forgiven = new GuardState(
                guards.changedMillis(), guards.budget(), guards.wishes(), guards.quarantines(), java.util.List.of());
        return new Memory(forgiven, threshold, ModelCheck.START, Move.NONE, missingSinceMillis, "");
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        guards.write(out);
        threshold.write(out);
        check.write(out);
        out.fixed64(move.atMillis());
        out.fixed64(Double.doubleToRawLongBits(move.from())).fixed64(Double.doubleToRawLongBits(move.to()));
        out.fixed64(Double.doubleToRawLongBits(move.metric()))
                .fixed64(missingSinceMillis)
                .text(tripped);
    }

    /** Reads what {@link #write} wrote. */
    public static Memory read(Decoder in) {
        GuardState guards = GuardState.read(in);
        ThresholdController.State threshold = ThresholdController.State.read(in);
        ModelCheck check = ModelCheck.read(in);
        Move move = new Move(
                in.fixed64(),
                Double.longBitsToDouble(in.fixed64()),
                Double.longBitsToDouble(in.fixed64()),
                Double.longBitsToDouble(in.fixed64()));
        return new Memory(guards, threshold, check, move, in.fixed64(), in.text());
    }
}
