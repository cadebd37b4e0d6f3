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
     */
    public Proposal step(double current, double metric, double safe) {
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
        double wanted = goal.log() ? current * StrictMath.exp(move) : current + move;
        if (goal.kind() == Goal.Kind.SUPERHARD && goal.beyond(metric, goal.value()) && !Double.isNaN(safe))
            wanted = safeSign() < 0 ? Math.min(wanted, safe) : Math.max(wanted, safe);
        evidence.put("wanted", wanted);
        double rounded = range.round(range.clamp(wanted), safeSign());
        // A relief smaller than the step is still a relief.
        if (unsafe && rounded == current) rounded = current + safeSign() * range.step();
        double to = range.clamp(rounded);
        Setting setting = Setting.of(to);
        if (to == current)
            return Proposal.none(setting, "the key is at its bound or the move below its step", evidence);
        return new Proposal(setting, true, unsafe, unsafe ? "the goal is in danger" : "towards the goal", evidence);
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
