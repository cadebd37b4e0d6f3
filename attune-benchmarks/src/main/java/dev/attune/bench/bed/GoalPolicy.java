package dev.attune.bench.bed;

import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Decision;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.Budget;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.PolicyInputs;
import dev.attune.tuning.policy.TuningPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * A policy with a goal as a node carries it out, by the same function from the same text: its signals, its decisions, its
 * guards and its budgets, but on a clock of its own.
 */
final class GoalPolicy implements Steering {
    private static final int APPLICATION_PER_HOUR = 20;
    private static final int CLUSTER_PER_HOUR = 60;

    private final Decider decider;
    private final TuningPolicy policy;
    private final SignalFeed feed;
    private Memory memory;
    private Budget application;
    private Budget cluster;
    private Setting current;
    private long changedMillis;
    private int changes;
    private String tripped = "";

    GoalPolicy(TuningPolicy policy, int nodes, int start) {
        this.policy = policy;
        decider = policy.decider("v1", null);
        feed = new SignalFeed(policy, nodes);
        memory = Memory.start(policy.rhythm().changesPerHour(), feed.nowMillis());
        application = Budget.full(APPLICATION_PER_HOUR, feed.nowMillis());
        cluster = Budget.full(CLUSTER_PER_HOUR, feed.nowMillis());
        current = Setting.of(start);
        changedMillis = feed.nowMillis();
    }

    @Override
    public void heard(List<ServiceProcess.Stats> nodes) {
        feed.heard(nodes);
    }

    @Override
    public List<Integer> next(Look look) {
        var query = feed.tick();
        long now = feed.nowMillis();
        PolicyInputs inputs = PolicyInputs.read(policy, query, facts(now));
        GuardFacts facts = GuardFacts.none(now).binding(inputs.binding()).budgets(application.at(now), cluster.at(now));
        Tick tick = new Tick(
                now, SignalFeed.TICK_MILLIS, policy.mode(), current, Setting.of(""), 1, inputs.signals(), facts);
        Decision decision = decider.decide(tick, memory);
        memory = decision.after();
        tripped = memory.tripped();
        if (decision.applies()) {
            current = decision.guards().to();
            changedMillis = now;
            changes++;
            if (!decision.proposal().urgent()) {
                application = application.at(now).spend();
                cluster = cluster.at(now).spend();
            }
        }
        return Steering.all(look, current.number());
    }

    private Facts facts(long now) {
        return new Facts() {
            @Override
            public double current(String key) {
                return current.number();
            }

            @Override
            public double appliedForSeconds(String key) {
                return (now - changedMillis) / 1e3;
            }

            @Override
            public long changedAtMillis() {
                return Long.MIN_VALUE;
            }
        };
    }

    @Override
    public String remark() {
        List<String> words = new ArrayList<>(List.of(changes + " changes"));
        if (!tripped.isEmpty()) words.add("tripped: " + tripped);
        return String.join(", ", words);
    }
}
