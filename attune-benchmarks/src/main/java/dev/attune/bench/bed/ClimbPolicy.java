package dev.attune.bench.bed;

import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.TrialReadings;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A climb as a node carries it out, by the same functions from the same text, on a clock of its own: half of the nodes try,
 * the other half keep, and the halves change places with each trial.
 */
final class ClimbPolicy implements Steering {
    private final Climber climber;
    private final TuningPolicy policy;
    private final SignalFeed feed;
    private final int nodes;
    private ClimbMemory memory;
    private List<Setting> current;
    private List<Setting> candidate = List.of();
    private boolean swapped;
    private int trials;
    private int won;

    ClimbPolicy(TuningPolicy policy, int nodes, int start) {
        if (nodes < 2) throw new IllegalArgumentException("nodes: " + nodes + " (expected: two groups of them)");
        this.policy = policy;
        this.nodes = nodes;
        climber = policy.climber("v1");
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
        feed.tick();
        long now = feed.nowMillis();
        ClimbTick tick = new ClimbTick(now, policy.mode(), current, 1, GuardFacts.none(now), trial(), measured(now));
        ClimbDecision decision = climber.decide(tick, memory);
        memory = decision.after();
        switch (decision.step()) {
            case TRY -> {
                candidate = decision.to();
                swapped = !swapped;
                trials++;
            }
            case WON -> {
                won++;
                current = decision.to();
                candidate = List.of();
            }
            case LOST, HURT, WITHDRAWN -> candidate = List.of();
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

    private ClimbTick.Measured measured(long now) {
        SortedMap<String, Cohort> sides = new TreeMap<>();
        for (int i = 0; i < nodes; i++) sides.put(SignalFeed.instance(i), tries(i) ? Cohort.CANARY : Cohort.BASELINE);
        Fleet fleet = new Fleet(sides);
        TrialReadings readings = new TrialReadings(feed.store(), policy, Facts.NONE, memory.trials());
        if (!memory.tries()) return readings.resting(fleet, now);
        return readings.trying(fleet, memory.trialSinceMillis(), memory.trialSinceMillis(), now);
    }

    @Override
    public String remark() {
        return trials + " trials, " + won + " won";
    }
}
