package dev.attune.bench.bed;

import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.SignalQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A climb as a node carries it out, by the same function from the same text, on a clock of its own: half of the nodes try,
 * the other half keep, and the halves change places with each trial.
 */
final class ClimbPolicy implements Steering {
    /** A reading looks back over one step that ended up to two steps ago: what it saw began 25 s before it. */
    private static final long CLEAN_MILLIS = 25_000;

    private static final double NOISE_START = 0.05;
    private static final double NOISE_LEARNT = 0.2;

    private final Climber climber;
    private final Expression reward;
    private final TuningPolicy policy;
    private final SignalFeed feed;
    private final int nodes;
    private ClimbMemory memory;
    private List<Setting> current;
    private List<Setting> candidate = List.of();
    private boolean swapped;
    private int trials;
    private int won;
    private double noise = NOISE_START * NOISE_START;
    // Of the trial that runs: the reward of both groups at each tick that saw nothing else.
    private final List<double[]> points = new ArrayList<>();

    ClimbPolicy(TuningPolicy policy, int nodes, int start) {
        if (nodes < 2) throw new IllegalArgumentException("nodes: " + nodes + " (expected: two groups of them)");
        this.policy = policy;
        this.nodes = nodes;
        climber = policy.climber("v1");
        reward = Objects.requireNonNull(policy.signals().get("reward"));
        feed = new SignalFeed(policy, nodes);
        current = List.of(Setting.of(start));
        memory = ClimbMemory.start(
                climber.climb(), new double[] {start}, policy.rhythm().changesPerHour(), feed.nowMillis());
    }

    @Override
    public void heard(List<ServiceProcess.Stats> stats) {
        feed.heard(stats);
    }

    @Override
    public List<Integer> next(Look look) {
        SignalQuery query = feed.tick();
        long now = feed.nowMillis();
        double keeping = mean(query, false);
        double trying = mean(query, true);
        if (memory.tries() && now - memory.trialSinceMillis() >= CLEAN_MILLIS)
            points.add(new double[] {keeping, trying});
        ClimbTick tick =
                new ClimbTick(now, policy.mode(), current, 1, GuardFacts.none(now), trial(), measured(keeping));
        ClimbDecision decision = climber.decide(tick, memory);
        memory = decision.after();
        switch (decision.step()) {
            case TRY -> {
                candidate = decision.to();
                swapped = !swapped;
                points.clear();
                trials++;
            }
            case WON, LOST, HURT -> {
                learn();
                if (decision.step() == ClimbDecision.Step.WON) {
                    won++;
                    current = decision.to();
                }
                candidate = List.of();
            }
            default -> {}
        }
        List<Integer> settings = new ArrayList<>();
        for (int i = 0; i < nodes; i++)
            settings.add((int) (tries(i) ? candidate : current).get(0).number());
        return settings;
    }

    private boolean tries(int node) {
        return !candidate.isEmpty() && (node < nodes / 2) == swapped;
    }

    /** Nodes are told their settings at once. */
    private ClimbTick.Trial trial() {
        long applied = memory.tries() ? memory.trialSinceMillis() : ClimbTick.NOT_YET;
        return new ClimbTick.Trial(applied, nodes / 2, nodes, "");
    }

    private ClimbTick.Measured measured(double keeping) {
        double difference = Double.NaN;
        double error = Double.NaN;
        double kept = keeping;
        if (!points.isEmpty() && memory.tries()) {
            kept = points.stream().mapToDouble(each -> each[0]).average().orElse(Double.NaN);
            double tried =
                    points.stream().mapToDouble(each -> each[1]).average().orElse(Double.NaN);
            difference = (tried - kept) / Math.max(1e-6, Math.abs(kept));
            error = Math.sqrt(noise / points.size());
        }
        String missing = Double.isNaN(kept) ? "reward" : "";
        return new ClimbTick.Measured(kept, difference, error, Double.NaN, Double.NaN, missing, "");
    }

    /** How far the points of a trial lie apart is noise; a trial has few, so trials are taken together. */
    private void learn() {
        if (points.size() < 2) return;
        double[] differences = points.stream()
                .mapToDouble(each -> (each[1] - each[0]) / Math.max(1e-6, Math.abs(each[0])))
                .toArray();
        double mean = 0;
        for (double each : differences) mean += each / differences.length;
        double squares = 0;
        for (double each : differences) squares += (each - mean) * (each - mean) / (differences.length - 1);
        noise = (1 - NOISE_LEARNT) * noise + NOISE_LEARNT * squares;
    }

    private double mean(SignalQuery query, boolean trying) {
        double sum = 0;
        int known = 0;
        for (int i = 0; i < nodes; i++) {
            if (tries(i) != trying) continue;
            Evaluation value = reward.evaluate(query.onInstance(SignalFeed.instance(i)), NONE);
            if (value.isMissing()) continue;
            sum += value.value();
            known++;
        }
        return known == 0 ? Double.NaN : sum / known;
    }

    private static final Facts NONE = Facts.NONE;

    @Override
    public String remark() {
        return trials + " trials, " + won + " won";
    }
}
