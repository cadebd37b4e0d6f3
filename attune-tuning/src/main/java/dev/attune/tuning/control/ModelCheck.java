package dev.attune.tuning.control;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.statistic.Moments;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the plant still answers as the model says (tuning §3.1, circuit breaker; §3.3, online check). Only moves large
 * enough to show above the noise are judged: the effects of smaller ones cannot be told from those of the load.
 *
 * @param gains of the last judged moves, at most six, oldest first
 * @param unanswered how many judged moves in a row had no effect in the expected direction
 */
public record ModelCheck(List<Double> gains, int unanswered) {
    /** Nothing judged yet. */
    public static final ModelCheck START = new ModelCheck(List.of(), 0);

    private static final int GAINS = 6;
    private static final int UNANSWERED_MAX = 3;
    /** Expected effects smaller than this many deviations of a difference are not judged. */
    private static final double MEASURABLE = 2;

    public ModelCheck {
        gains = List.copyOf(gains);
    }

    /**
     * After a move of the key (on the loop's scale) and the metric's answer.
     *
     * @param move by how much the key moved
     * @param answer by how much the metric moved
     * @param sigma the noise of the metric, on the loop's scale
     */
    ModelCheck after(Model model, double move, double answer, double sigma) {
        double deviation = Math.max(1e-12, sigma * StrictMath.sqrt(2));
        double expected = model.gain() * move;
        if (Math.abs(expected) < MEASURABLE * deviation) return this;
        List<Double> more = new ArrayList<>(gains);
        // In doubt for the model: one deviation of the answer is noise.
        double off = answer - expected;
        more.add((expected + Math.signum(off) * Math.max(0, Math.abs(off) - deviation)) / move);
        if (more.size() > GAINS) more.remove(0);
        double towards = answer * Math.signum(expected);
        // What the model allows at its worst is no contradiction.
        double least = Math.abs(expected) / Math.max(model.error(), Model.ERROR_MIN) - deviation;
        return new ModelCheck(more, towards < least ? unanswered + 1 : towards > deviation ? 0 : unanswered);
    }

    /** Why the model is no longer believed; empty while it is. */
    public String distrust(Model model) {
        if (unanswered >= UNANSWERED_MAX) return unanswered + " moves had no effect in the expected direction";
        if (gains.size() < GAINS) return "";
        double median =
                Moments.median(gains.stream().mapToDouble(Double::doubleValue).toArray());
        double ratio = median / model.gain();
        double error = Math.max(model.error(), Model.ERROR_MIN);
        if (ratio >= 1 / error && ratio <= error) return "";
        return "the model no longer holds: observed gain " + median + ", profiled " + model.gain();
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        out.varint(gains.size());
        for (double gain : gains) out.fixed64(Double.doubleToRawLongBits(gain));
        out.varint(unanswered);
    }

    /** Reads what {@link #write} wrote. */
    public static ModelCheck read(Decoder in) {
        int count = in.count(8);
        List<Double> gains = new ArrayList<>();
        for (int i = 0; i < count; i++) gains.add(Double.longBitsToDouble(in.fixed64()));
        return new ModelCheck(gains, in.varint(Integer.MAX_VALUE));
    }
}
