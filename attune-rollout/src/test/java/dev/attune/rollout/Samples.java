package dev.attune.rollout;

import dev.attune.model.config.Coordinate;
import dev.attune.rollout.plan.Deadlines;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceRef;
import java.util.List;

/** Plans and instances for tests. */
public final class Samples {
    public static final Coordinate FILE = new Coordinate("prod", "orders", "default", "application.yaml");
    public static final Coordinate OTHER = new Coordinate("prod", "orders", "default", "limits.json");

    private Samples() {}

    /** Deadlines of 100, 200, 300 and 400 ms; lost after 50 ms. */
    public static RolloutPlan atomic(Quorum quorum) {
        return plan(new Strategy.Atomic(quorum, new Deadlines(100, 200, 300, 400)));
    }

    /** A stage of one, a judged one of half. Answers within 300 ms, verdicts within 1000, the way back within 400. */
    public static RolloutPlan progressive(Strategy.Tolerance tolerance) {
        return plan(new Strategy.Progressive(
                List.of(Stage.count(1, 50, false), Stage.percent(50, 70, true)), tolerance, 300, 1000, 400));
    }

    /** The same, and back when a judge cannot tell in time. */
    public static RolloutPlan progressiveOrBack() {
        return plan(new Strategy.Progressive(
                List.of(Stage.count(1, 50, false), Stage.percent(50, 70, true)),
                Strategy.Tolerance.NONE,
                300,
                1000,
                Strategy.Progressive.Undecided.UNDO,
                400));
    }

    public static RolloutPlan immediate() {
        return plan(new Strategy.Immediate(300, 400));
    }

    public static RolloutPlan plan(Strategy strategy) {
        return new RolloutPlan(
                List.of(new FileMove(FILE, 1, 2), new FileMove(OTHER, 4, 6)), strategy, "ann", "faster", "", 50);
    }

    public static InstanceRef instance(int number) {
        return new InstanceRef("orders", "i" + number);
    }
}
