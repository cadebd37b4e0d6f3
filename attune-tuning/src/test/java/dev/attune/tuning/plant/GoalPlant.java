package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.GoalController;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Decision;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.OnMissing;
import dev.attune.tuning.decision.Replay;
import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Limits;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A policy with a goal in a loop with a plant, in virtual time: all of decider and guards; decisions are replayed. */
final class GoalPlant {
    static final long TICK_MILLIS = 30_000;
    private static final int CHANGES_PER_HOUR = 120;
    private static final int REPLAY_EVERY = 29;

    private final Decider decider;
    private @Nullable Decision last;
    private long ticks;
    private long changes;
    private Memory memory = Memory.start(CHANGES_PER_HOUR, 0);
    private Setting current;
    private long now = 1_000_000;

    GoalPlant(Goal goal, Model model, KeyRange range, double start, Limits limits) {
        decider = new Decider(
                "plant",
                "v1",
                "key",
                new GoalController(goal, model, range),
                new GuardChain(range, limits),
                TICK_MILLIS,
                OnMissing.HOLD);
        current = Setting.of(start);
    }

    /** A tick with this measurement; the value in force after it. */
    double tick(double metric) {
        return tick(metric, GuardFacts.none(now + TICK_MILLIS));
    }

    double tick(double metric, GuardFacts facts) {
        return tick(metric, Double.NaN, Double.NaN, facts);
    }

    /** The same with what the key bounds, and with what the metric was before. */
    double tick(double metric, double deputy, double before, GuardFacts facts) {
        now += TICK_MILLIS;
        TreeMap<String, Evaluation> signals = new TreeMap<>();
        signals.put(
                "metric",
                Double.isNaN(metric)
                        ? new Evaluation(metric, "no data", List.of())
                        : new Evaluation(metric, "", List.of()));
        if (!Double.isNaN(deputy)) signals.put("deputy", new Evaluation(deputy, "", List.of()));
        if (!Double.isNaN(before)) signals.put(Tick.BEFORE, new Evaluation(before, "", List.of()));
        Tick tick = new Tick(now, TICK_MILLIS, Mode.AUTO, current, Setting.of(""), 1, signals, facts);
        Decision decision = decider.decide(tick, memory);
        last = decision;
        memory = decision.after();
        if (ticks++ % REPLAY_EVERY == 0)
            assertThat(Replay.holds(decider, decision.toBytes())).isTrue();
        if (decision.applies()) {
            current = decision.guards().to();
            changes++;
        }
        return current.number();
    }

    double current() {
        return current.number();
    }

    Memory memory() {
        return memory;
    }

    Decision last() {
        return Objects.requireNonNull(last);
    }

    long changes() {
        return changes;
    }
}
