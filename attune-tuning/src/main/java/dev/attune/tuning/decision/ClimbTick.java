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
 * @param facts what the guards need to know
 * @param measured what was measured
 */
public record ClimbTick(long nowMillis, Mode mode, List<Setting> current, GuardFacts facts, Measured measured) {
    public ClimbTick {
        if (nowMillis < 0) throw new IllegalArgumentException("nowMillis: " + nowMillis + " (expected: >= 0)");
        current = List.copyOf(current);
    }

    /**
     * What was measured; numbers that nobody could measure are not numbers.
     *
     * @param reward of the incumbent
     * @param difference of the candidate over the incumbent, as a share, since the trial began
     * @param standardError of it
     * @param load of the incumbent: how near its tightest guard is to its limit, 1 at the limit
     * @param candidateLoad of the candidate
     * @param missing why there is nothing to decide by; empty when there is
     * @param broken the guard that the candidate broke, in words; empty for none
     */
    public record Measured(
            double reward,
            double difference,
            double standardError,
            double load,
            double candidateLoad,
            String missing,
            String broken) {
        void write(Encoder out) {
            for (double each : new double[] {reward, difference, standardError, load, candidateLoad})
                out.fixed64(Double.doubleToRawLongBits(each));
            out.text(missing).text(broken);
        }

        static Measured read(Decoder in) {
            return new Measured(
                    Double.longBitsToDouble(in.fixed64()),
                    Double.longBitsToDouble(in.fixed64()),
                    Double.longBitsToDouble(in.fixed64()),
                    Double.longBitsToDouble(in.fixed64()),
                    Double.longBitsToDouble(in.fixed64()),
                    in.text(),
                    in.text());
        }
    }

    void write(Encoder out) {
        out.varint(nowMillis).varint(mode.ordinal()).varint(current.size());
        for (Setting each : current) each.write(out);
        facts.write(out);
        measured.write(out);
    }

    static ClimbTick read(Decoder in) {
        long now = in.varint();
        Mode mode = in.enumValue(Mode.values());
        List<Setting> current = new ArrayList<>();
        for (int i = in.count(9); i > 0; i--) current.add(Setting.read(in));
        return new ClimbTick(now, mode, current, GuardFacts.read(in), Measured.read(in));
    }
}
