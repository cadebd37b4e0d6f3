package dev.attune.tuning.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.GoalController;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.control.ThresholdController;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Limits;
import dev.attune.tuning.guard.Refusal;
import dev.attune.tuning.signal.Reading;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final KeyRange RANGE = new KeyRange(8, 1_024, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.DOWN);
    private static final Decider GOAL = goal(OnMissing.HOLD);
    private static final Decider LEVEL = new Decider(
            "quiet",
            "v2",
            "log.level",
            new ThresholdController(
                    List.of(new ThresholdController.Step(Double.NEGATIVE_INFINITY, Double.NaN, Setting.of("WARN"))),
                    0,
                    new ThresholdController.Return(60_000, Setting.of("INFO"), 0, 0)),
            new GuardChain(null, Limits.DEFAULT),
            30_000,
            OnMissing.HOLD);

    private final Memory fresh = Memory.start(6, NOW);

    @Test
    void auto_appliesAndExplainsInOneSentence() {
        Decision decision = GOAL.decide(tick(Mode.AUTO, 0.83), fresh);

        assertThat(decision.outcome()).isEqualTo(Outcome.APPLY);
        assertThat(decision.guards().to().number()).isEqualTo(128);
        assertThat(Explanation.sentence(decision))
                .isEqualTo(
                        "2023-11-14 22:13:20Z orders-queue v7 changes http.queue.maxSize from 256 to 128 (-50 %)"
                                + " instead of 116 (step limited to 128), as the goal is in danger: measured 0.83, aim 0.752, goal 0.8.");
    }

    @Test
    void lesserModes_showTheSameChangeAndSpendNothing() {
        for (Mode mode : List.of(Mode.SHADOW, Mode.RECOMMEND, Mode.APPROVE)) {
            Decision decision = GOAL.decide(tick(mode, 0.83), fresh);

            assertThat(decision.applies()).isFalse();
            assertThat(decision.guards().to().number()).isEqualTo(128);
            assertThat(decision.after().guards()).isEqualTo(fresh.guards());
        }
        assertThat(GOAL.decide(tick(Mode.OFF, 0.83), fresh).outcome()).isEqualTo(Outcome.OFF);
    }

    @Test
    void doingNothing_isExplainedToo() {
        assertThat(Explanation.sentence(GOAL.decide(tick(Mode.AUTO, 0.75), fresh)))
                .contains("leaves http.queue.maxSize at 256, as close enough to the goal: measured 0.75");
        Tick pinned = with(tick(Mode.AUTO, 0.83), GuardFacts.none(NOW).held("", "by ana until noon", ""));
        assertThat(Explanation.sentence(GOAL.decide(pinned, fresh)))
                .endsWith("leaves http.queue.maxSize at 256, because the key is pinned (by ana until noon) [PINNED].");
    }

    @Test
    void theKillSwitch_stopsEverything() {
        Tick killed = with(tick(Mode.AUTO, 2), GuardFacts.none(NOW).held("cluster, by ana", "", ""));

        assertThat(GOAL.decide(killed, fresh).guards().refusal()).isEqualTo(Refusal.KILLED);
    }

    @Test
    void unacknowledgedChanges_areWaitedFor() {
        Tick t = tick(Mode.AUTO, 0.83);
        Tick behind = new Tick(
                t.nowMillis(), t.elapsedMillis(), t.mode(), t.current(), t.lastGood(), 0.89, t.signals(), t.facts());

        assertThat(GOAL.decide(behind, fresh).guards().refusal()).isEqualTo(Refusal.UNACKNOWLEDGED);
    }

    @Test
    void words_areSetByThresholds() {
        Decision decision = LEVEL.decide(level(true), fresh);

        assertThat(decision.outcome()).isEqualTo(Outcome.APPLY);
        assertThat(decision.guards().to().text()).isEqualTo("WARN");
        assertThat(Replay.holds(LEVEL, decision.toBytes())).isTrue();
    }

    @Test
    void aThresholdThatWasRefused_triesAgain() {
        Tick t = level(true);
        Decision refused = LEVEL.decide(with(t, GuardFacts.none(NOW).amid("", "", 1, 0)), fresh);
        Decision again = LEVEL.decide(t, refused.after());

        assertThat(refused.guards().refusal()).isEqualTo(Refusal.BLAST);
        assertThat(again.outcome()).isEqualTo(Outcome.APPLY);
    }

    @Test
    void missingSignals_fallBackOnceTheirTimeIsOver() {
        Decider decider = goal(new OnMissing(OnMissing.Action.FALLBACK, Setting.of(200), 180_000));
        Memory memory = fresh;
        Decision decision = decider.decide(tick(Mode.AUTO, Double.NaN), memory);
        assertThat(decision.guards().refusal()).isEqualTo(Refusal.NO_DATA);

        Tick later = at(tick(Mode.AUTO, Double.NaN), NOW + 181_000);
        Decision fallen = decider.decide(later, decision.after());
        assertThat(fallen.outcome()).isEqualTo(Outcome.APPLY);
        assertThat(fallen.guards().to().number()).isEqualTo(200);
        assertThat(decider.decide(at(tick(Mode.AUTO, Double.NaN), NOW + 181_000), fresh)
                        .applies())
                .as("the time counts from the first missing tick that is remembered")
                .isFalse();
    }

    @Test
    void twoRollbacks_leaveAPolicyThatRecommendsUntilAPersonTrustsItAgain() {
        Memory tripped =
                fresh.rolledBack(Setting.of(10), Setting.of(256), NOW).rolledBack(Setting.of(12), Setting.of(256), NOW);

        assertThat(GOAL.decide(tick(Mode.AUTO, 0.83), tripped).outcome()).isEqualTo(Outcome.RECOMMENDED);
        assertThat(GOAL.decide(tick(Mode.AUTO, 0.83), tripped.trustedAgain()).outcome())
                .isEqualTo(Outcome.APPLY);
    }

    @Test
    @DisplayName("R10: every decision replays to the same bytes, and a new leader goes on from the record")
    void decisions_replayBitForBit() {
        long seed = 99;
        SplittableRandom random = new SplittableRandom(seed);
        Memory memory = fresh;
        Setting current = Setting.of(256);
        for (int i = 0; i < 1_000; i++) {
            double metric = random.nextInt(20) == 0 ? Double.NaN : 0.6 + 0.3 * random.nextDouble();
            Tick t = at(tick(Mode.values()[1 + random.nextInt(4)], metric), NOW + i * 30_000L);
            Tick tick = new Tick(
                    t.nowMillis(),
                    30_000,
                    t.mode(),
                    current,
                    Setting.of(64),
                    random.nextDouble() < 0.1 ? 0.5 : 1,
                    t.signals(),
                    t.facts());
            Decision decision = GOAL.decide(tick, memory);
            Bytes record = decision.toBytes();

            assertThat(Replay.of(GOAL, record).toBytes())
                    .as("seed %d, tick %d", seed, i)
                    .isEqualTo(record);
            Encoder out = new Encoder();
            decision.after().write(out);
            memory = Memory.read(new Decoder(out.toArray()));
            assertThat(memory).isEqualTo(decision.after());
            if (decision.applies()) current = decision.guards().to();
        }
    }

    @Test
    void aRecord_isReadWithoutItsPolicy() {
        Decision decision = GOAL.decide(tick(Mode.AUTO, 0.83), fresh);

        Recorded read = Recorded.read(decision.toBytes());

        assertThat(read.policy()).isEqualTo("orders-queue");
        assertThat(read.tick()).isEqualTo(decision.tick());
        assertThat(read.proposal()).isEqualTo(decision.proposal());
        assertThat(read.guards()).isEqualTo(decision.guards());
        assertThat(read.after()).isEqualTo(decision.after());
    }

    @Test
    void whatAPersonAgreedTo_isRememberedAsIfTheModeWereAuto() {
        Decision goal = GOAL.decide(tick(Mode.APPROVE, 0.83), fresh);
        Memory agreed = GOAL.agreed(Recorded.read(goal.toBytes()), goal.after(), NOW + 60_000);
        assertThat(agreed.guards().changedMillis()).isEqualTo(NOW + 60_000);
        assertThat(agreed.move()).isEqualTo(new Memory.Move(NOW + 60_000, 256, 128, 0.83));

        Tick t = level(true);
        Tick asks = new Tick(
                t.nowMillis(), t.elapsedMillis(), Mode.APPROVE, t.current(), t.lastGood(), 1, t.signals(), t.facts());
        Decision level = LEVEL.decide(asks, fresh);
        assertThat(level.after().threshold().phase()).isEqualTo(ThresholdController.Phase.OK);
        assertThat(LEVEL.agreed(Recorded.read(level.toBytes()), level.after(), NOW)
                        .threshold()
                        .phase())
                .isEqualTo(ThresholdController.Phase.FIRING);
    }

    @Test
    void aRecordOfAnotherPolicyOrBrokenBytes_areRefused() {
        Bytes record = GOAL.decide(tick(Mode.AUTO, 0.83), fresh).toBytes();

        assertThatThrownBy(() -> Replay.of(LEVEL, record)).isInstanceOf(IllegalArgumentException.class);
        for (int length = 0; length < record.size(); length++) {
            Bytes torn = Bytes.wrap(java.util.Arrays.copyOf(record.unsafeArray(), length));
            assertThat(holds(torn)).as("cut after %d bytes", length).isFalse();
        }
    }

    private static boolean holds(Bytes record) {
        try {
            return Replay.holds(GOAL, record);
        } catch (MalformedException e) {
            return false;
        }
    }

    private static Decider goal(OnMissing onMissing) {
        Goal goal = new Goal(0.8, Goal.Kind.HARD, Goal.Direction.BELOW, false, 0.03, 1);
        return new Decider(
                "orders-queue",
                "v7",
                "http.queue.maxSize",
                new GoalController(goal, new Model(0.00028, 4, 0.02, 1), RANGE),
                new GuardChain(RANGE, Limits.DEFAULT),
                30_000,
                onMissing);
    }

    private static Tick tick(Mode mode, double metric) {
        Evaluation.Input input = new Evaluation.Input("max(heap{},30s)", new Reading(0.5, 0.9, 4, ""));
        Evaluation evaluation = Double.isNaN(metric)
                ? new Evaluation(metric, "no data", List.of())
                : new Evaluation(metric, "", List.of(input));
        TreeMap<String, Evaluation> signals = new TreeMap<>();
        signals.put("metric", evaluation);
        return new Tick(NOW, 30_000, mode, Setting.of(256), Setting.of(""), 1, signals, GuardFacts.none(NOW));
    }

    private static Tick level(boolean breached) {
        TreeMap<String, Evaluation> signals = new TreeMap<>();
        signals.put("when", new Evaluation(breached ? 1 : 0, "", List.of()));
        return new Tick(NOW, 30_000, Mode.AUTO, Setting.of("INFO"), Setting.of(""), 1, signals, GuardFacts.none(NOW));
    }

    private static Tick with(Tick t, GuardFacts facts) {
        return new Tick(
                t.nowMillis(),
                t.elapsedMillis(),
                t.mode(),
                t.current(),
                t.lastGood(),
                t.acknowledged(),
                t.signals(),
                facts);
    }

    private static Tick at(Tick t, long now) {
        return new Tick(
                now,
                t.elapsedMillis(),
                t.mode(),
                t.current(),
                t.lastGood(),
                t.acknowledged(),
                t.signals(),
                GuardFacts.none(now));
    }
}
