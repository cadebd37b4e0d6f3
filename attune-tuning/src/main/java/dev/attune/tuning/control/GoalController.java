package dev.attune.tuning.control;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Moves a key so that a metric meets a goal: an integrator whose gain follows from a profile and from the loop's delay
 * (tuning §3.3; after SmartConf, ASPLOS 2018, and target tracking, which is the same in log space).
 *
 * <pre>
 *   linear  c' = c + g / alpha * (aim - s)          log  ln c' = ln c + g / elasticity * (ln aim - ln s)
 *   g = min(1, g_max(d) / max(error, 4))            g_max(d) = 2 sin(pi / (2 (2 d + 1)))
 * </pre>
 *
 * <p>The key's value is the only state of the loop: what was clamped, refused or not yet binding leaves nothing to unwind.
 *
 * <p>A key that only bounds what the metric follows, such as a queue's bound, has a deputy: what it bounds, the queue's
 * length. Downwards the loop starts from there, as a bound above it limits nothing and one below it has yet to show; upwards
 * from whichever is greater.
 *
 * @param goal what is wanted
 * @param model how the metric answers
 * @param range what the key may be
 */
public record GoalController(Goal goal, Model model, KeyRange range) implements Controller {
    /**
     * One step.
     *
     * @param current the value in force
     * @param metric the metric
     * @param safe the last value known to be good; not a number without one
     * @param deputy what the key bounds; not a number when the metric follows the key itself
     */
    public Proposal step(double current, double metric, double safe, double deputy) {
        double aim = goal.aim(model);
        double error = scaled(aim) - scaled(metric);
        boolean unsafe = goal.isHard() && goal.beyond(metric, aim);
        double relative = goal.log() ? error : error / Math.max(1e-12, Math.abs(aim));
        double band = unsafe ? Math.min(goal.deadBand(), model.margin() / 2) : goal.deadBand();
        double gain = unsafe ? model.urgentLoopGain() : model.loopGain();
        SortedMap<String, Double> evidence = new TreeMap<>();
        evidence.put("metric", metric);
        evidence.put("goal", goal.value());
        evidence.put("aim", aim);
        evidence.put("error", error);
        evidence.put("loopGain", gain);
        evidence.put("gain", model.gain());
        evidence.put("delayTicks", (double) model.delayTicks());
        evidence.put("modelError", model.error());
        evidence.put("unsafe", unsafe ? 1.0 : 0.0);
        if (Math.abs(relative) < band) return Proposal.none(Setting.of(current), "close enough to the goal", evidence);
        double move = gain / (model.gain() * goal.share()) * error;
        double from = Double.isNaN(deputy) ? current : move < 0 ? deputy : Math.max(current, deputy);
        if (!Double.isNaN(deputy)) evidence.put("deputy", deputy);
        double wanted = goal.log() ? from * StrictMath.exp(move) : from + move;
        if (goal.kind() == Goal.Kind.SUPERHARD && goal.beyond(metric, goal.value()) && !Double.isNaN(safe))
            wanted = safeSign() < 0 ? Math.min(wanted, safe) : Math.max(wanted, safe);
        evidence.put("wanted", wanted);
        double rounded = range.round(range.clamp(wanted), safeSign());
        if (move < 0 && rounded > current)
            return Proposal.none(Setting.of(current), "the key is below what it bounds, which shrinks to it", evidence);
        // A relief smaller than the step is still a relief.
        if (unsafe && rounded == current) rounded = current + safeSign() * range.step();
        double to = range.clamp(rounded);
        Setting setting = Setting.of(to);
        if (to == current)
            return Proposal.none(setting, "the key is at its bound or the move below its step", evidence);
        return new Proposal(setting, true, unsafe, unsafe ? "the goal is in danger" : "towards the goal", evidence);
    }

    /**
     * What a hard goal's metric will be once a move made now shows, if it goes on as it went: where it moves towards the
     * bound. Any other metric as it is.
     *
     * @param before what it was {@code ticks} ago; not a number when that is unknown
     */
    public double ahead(double metric, double before, int ticks) {
        double trend = trend(metric, before, ticks);
        if (!goal.isHard() || !goal.beyond(metric + trend, metric)) return metric;
        return metric + trend * (model.delayTicks() + 1);
    }

    private static double trend(double metric, double before, int ticks) {
        return Double.isNaN(before) ? 0 : (metric - before) / ticks;
    }

    /**
     * What the metric would be without a move of {@code move} made now, by the time that its effect is judged: as it is,
     * unless it goes against the move, which then is not to be blamed for it.
     */
    public double without(double move, double metric, double before, int ticks) {
        double trend = trend(metric, before, ticks);
        return trend * model.gain() * move < 0 ? metric + trend * (model.delayTicks() + 1) : metric;
    }

    /** The direction of the key in which the metric moves away from where it must not be. */
    public int safeSign() {
        int up = model.gain() > 0 ? 1 : -1;
        return switch (goal.direction()) {
            case BELOW -> -up;
            case ABOVE -> up;
            case TRACK -> range.relief().sign();
        };
    }

    /** Judges the model by the answer to a move. */
    public ModelCheck check(ModelCheck check, double from, double to, double metricBefore, double metricAfter) {
        double sigma = goal.log() ? model.noise() : model.noise() * Math.abs(metricBefore);
        return check.after(model, scaled(to) - scaled(from), scaled(metricAfter) - scaled(metricBefore), sigma);
    }

    private double scaled(double value) {
        return goal.log() ? StrictMath.log(Math.max(1e-300, value)) : value;
    }
}
