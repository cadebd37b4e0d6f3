package dev.attune.tuning.control;

import dev.attune.tuning.statistic.LeastSquares;
import dev.attune.tuning.statistic.Moments;
import java.util.ArrayList;
import java.util.List;

/**
 * How a metric answers to a key, and how fast a loop around it may be (tuning §3.3).
 *
 * @param gain signed: how much the metric moves per unit of the key; in log space its elasticity
 * @param error how many times the true gain may differ (the delta of SmartConf), at least 1
 * @param noise the metric's relative standard deviation while nothing changes
 * @param delayTicks ticks until a move shows in the metric
 */
public record Model(double gain, double error, double noise, int delayTicks) {
    /** The least model error that is believed: at less the loop stands at the edge of stability. */
    public static final double ERROR_MIN = 4;

    private static final double SPEARMAN_MIN = 0.8;

    public Model {
        if (gain == 0 || !Double.isFinite(gain))
            throw new IllegalArgumentException("gain: " + gain + " (expected: finite, not 0)");
        if (!(error >= 1)) throw new IllegalArgumentException("error: " + error + " (expected: >= 1)");
        if (!(noise >= 0)) throw new IllegalArgumentException("noise: " + noise + " (expected: >= 0)");
        if (delayTicks < 0 || delayTicks > 100)
            throw new IllegalArgumentException("delayTicks: " + delayTicks + " (expected: 0..100)");
    }

    /** The loop gain at which an integrator with this delay begins to swing: {@code 2 sin(pi / (2 (2 d + 1)))}. */
    public static double loopGainMax(int delayTicks) {
        return 2 * StrictMath.sin(StrictMath.PI / (2 * (2 * delayTicks + 1)));
    }

    /** The loop gain: SmartConf's pole rule, made aware of delay: {@code min(1, g_max(d) / max(error, 4))}. */
    public double loopGain() {
        return Math.min(1, loopGainMax(delayTicks) / Math.max(error, ERROR_MIN));
    }

    /** The loop gain while a hard goal is in danger. */
    public double urgentLoopGain() {
        return Math.min(2 * loopGain(), loopGainMax(delayTicks) / 2);
    }

    /** How far below (or above) a hard goal the loop aims, as a share of the goal: three deviations, at least 3 %. */
    public double margin() {
        return Math.max(3 * noise, 0.03);
    }

    /**
     * What was measured at one setting of the key.
     *
     * @param key the setting
     * @param metric values of the metric, one per window
     */
    public record Sample(double key, double[] metric) {
        public Sample {
            metric = metric.clone();
        }
    }

    /**
     * A model from a profile.
     *
     * @param model the model
     * @param r2 the share of the metric's variance that it explains
     * @param spearman how monotonic the metric is in the key, -1..1
     */
    public record Profile(Model model, double r2, double spearman) {}

    /**
     * Fits by least squares; the error is {@code 1 + mean(3 sigma / mean)} over the settings, as SmartConf has it.
     *
     * @param log whether key and metric are taken by their logarithms
     * @throws IllegalArgumentException with fewer than four settings, or when the metric does not follow the key
     */
    public static Profile fit(List<Sample> samples, boolean log, int delayTicks) {
        if (samples.size() < 4) throw new IllegalArgumentException("settings: " + samples.size() + " (expected: >= 4)");
        List<double[]> points = new ArrayList<>();
        double noise = 0;
        for (Sample sample : samples) {
            double mean = Moments.mean(sample.metric());
            noise += Moments.standardDeviation(sample.metric()) / Math.abs(mean) / samples.size();
            for (double metric : sample.metric())
                points.add(
                        log
                                ? new double[] {StrictMath.log(sample.key()), StrictMath.log(metric)}
                                : new double[] {sample.key(), metric});
        }
        double[] x = points.stream().mapToDouble(each -> each[0]).toArray();
        double[] y = points.stream().mapToDouble(each -> each[1]).toArray();
        double spearman = LeastSquares.spearman(x, y);
        if (Math.abs(spearman) < SPEARMAN_MIN)
            throw new IllegalArgumentException(
                    "the metric is not controllable by this key: rank correlation " + spearman + " (expected: >= 0.8)");
        LeastSquares line = LeastSquares.fit(x, y);
        Model model = new Model(line.slope(), 1 + 3 * noise, noise, delayTicks);
        return new Profile(model, line.r2(), spearman);
    }
}
