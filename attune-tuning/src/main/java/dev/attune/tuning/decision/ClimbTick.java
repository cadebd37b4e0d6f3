package dev.attune.tuning.decision;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.guard.GuardFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a climb's decision may rest on besides the policy and its memory.
 *
 * @param mode what the policy may do
 * @param current the values in force, in the order of the keys
 * @param acknowledged the share of instances that have them, 0..1
 * @param facts what the guards need to know
 * @param trial what is known of the trial that runs, or would begin
 * @param measured what was measured
 */
public record ClimbTick(
        long nowMillis,
        Mode mode,
        List<Setting> current,
        double acknowledged,
        GuardFacts facts,
        Trial trial,
        Measured measured) {
    /** When nothing of the kind has happened yet. */
    public static final long NOT_YET = Long.MAX_VALUE;

    public ClimbTick {
        if (nowMillis < 0) throw new IllegalArgumentException("nowMillis: " + nowMillis + " (expected: >= 0)");
        current = List.copyOf(current);
    }

    /**
     * A trial as it stands.
     *
     * @param appliedMillis when the last instance of the candidate's group had it; {@link #NOT_YET} before
     * @param trying how many instances have the candidate, or would have it
     * @param instances of how many
     * @param spoilt why it says nothing any more; empty when it does
     */
    public record Trial(long appliedMillis, int trying, int instances, String spoilt) {
        /** Whom it is tried on, in words. */
        String group() {
            return trying + " of " + instances + (instances == 1 ? " instance" : " instances");
        }

        void write(Encoder out) {
            out.fixed64(appliedMillis).varint(trying).varint(instances).text(spoilt);
        }

        static Trial read(Decoder in) {
            return new Trial(in.fixed64(), in.varint(Integer.MAX_VALUE), in.varint(Integer.MAX_VALUE), in.text());
        }
    }

    /**
     * What was measured; numbers that nobody could measure are not numbers.
     *
     * @param reward of the incumbent, of an instance on average
     * @param difference of the candidate over the incumbent, as a share, since the trial began
     * @param standardError of it
     * @param windows of how many windows since the trial began both are
     * @param load of the incumbent: how near its tightest guard is to its limit, 1 at the limit
     * @param candidateLoad of the candidate
     * @param missing why a trial can't begin, or be judged by less than a plain difference; empty when it can
     * @param broken the guard that the candidate broke, in words; empty for none
     */
    public record Measured(
            double reward,
            double difference,
            double standardError,
            int windows,
            double load,
            double candidateLoad,
            String missing,
            String broken) {
        /** Nothing was measured. */
        public static Measured nothing(String why) {
            return new Measured(Double.NaN, Double.NaN, Double.NaN, 0, Double.NaN, Double.NaN, why, "");
        }

        /** The same of a candidate that broke a guard. */
        public Measured broken(String guard) {
            return new Measured(reward, difference, standardError, windows, load, candidateLoad, missing, guard);
        }

        void write(Encoder out) {
            for (double each : new double[] {reward, difference, standardError, load, candidateLoad})
                out.fixed64(Double.doubleToRawLongBits(each));
            out.varint(windows).text(missing).text(broken);
        }

        static Measured read(Decoder in) {
            double[] numbers = new double[5];
            for (int k = 0; k < numbers.length; k++) numbers[k] = Double.longBitsToDouble(in.fixed64());
            int windows = in.varint(Integer.MAX_VALUE);
            return new Measured(
                    numbers[0], numbers[1], numbers[2], windows, numbers[3], numbers[4], in.text(), in.text());
        }
    }

    /** The same with other facts. */
    public ClimbTick knowing(GuardFacts changed) {
        return new ClimbTick(nowMillis, mode, current, acknowledged, changed, trial, measured);
    }

    void write(Encoder out) {
        out.varint(nowMillis).varint(mode.ordinal()).varint(current.size());
        for (Setting each : current) each.write(out);
        out.fixed64(Double.doubleToRawLongBits(acknowledged));
        facts.write(out);
        trial.write(out);
        measured.write(out);
    }

    static ClimbTick read(Decoder in) {
        long now = in.varint();
        Mode mode = in.enumValue(Mode.values());
        List<Setting> current = new ArrayList<>();
        for (int i = in.count(9); i > 0; i--) current.add(Setting.read(in));
        double acknowledged = Double.longBitsToDouble(in.fixed64());
        return new ClimbTick(now, mode, current, acknowledged, GuardFacts.read(in), Trial.read(in), Measured.read(in));
    }
}
