package dev.attune.tuning.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tuning.control.ThresholdController.Observation;
import dev.attune.tuning.control.ThresholdController.Phase;
import dev.attune.tuning.control.ThresholdController.Return;
import dev.attune.tuning.control.ThresholdController.State;
import dev.attune.tuning.control.ThresholdController.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdControllerTest {
    private static final long TICK = 30_000;
    private static final Setting NONE = Setting.of("");

    private final ThresholdController words = new ThresholdController(
            List.of(new Step(Double.NEGATIVE_INFINITY, Double.NaN, Setting.of("WARN"))),
            120_000,
            new Return(300_000, NONE, 0, 0));
    private final ThresholdController numbers = new ThresholdController(
            List.of(new Step(0.25, 0.9, NONE), new Step(0.5, 0.7, NONE), new Step(1, Double.NaN, Setting.of(8))),
            60_000,
            new Return(60_000, NONE, 0.1, 60_000));

    private State state = State.START;
    private long now;

    @Test
    void aWord_isSetAfterItsTimeAndReturned() {
        Setting level = Setting.of("INFO");
        for (int t = 0; t < 4; t++)
            assertThat(tick(words, level, true, 1).change()).isFalse();
        Proposal fired = tick(words, level, true, 1);
        assertThat(fired.to().text()).isEqualTo("WARN");

        level = fired.to();
        for (int t = 0; t < 10; t++)
            assertThat(tick(words, level, false, 0).change()).isFalse();
        Proposal back = tick(words, level, false, 0);
        assertThat(back.change()).isTrue();
        assertThat(back.to().text()).isEqualTo("INFO");
        assertThat(state).isEqualTo(State.START);
    }

    @Test
    void aShortBreach_doesNothing() {
        for (int t = 0; t < 3; t++) tick(words, Setting.of("INFO"), true, 1);
        assertThat(tick(words, Setting.of("INFO"), false, 0).change()).isFalse();

        assertThat(state.phase()).isEqualTo(Phase.OK);
    }

    @Test
    void missingSignals_holdTheTimer() {
        tick(words, Setting.of("INFO"), true, 1);
        State before = state;
        for (int t = 0; t < 20; t++) {
            now += TICK;
            var result = words.step(state, Setting.of("INFO"), new Observation(false, false, false, 0, now, TICK));
            state = result.state();
            assertThat(result.proposal().change()).isFalse();
        }
        assertThat(state).isEqualTo(before);
    }

    @Test
    void theLargestStepReached_applies_andGrowsWithTheBreach() {
        Setting pool = Setting.of(100);
        tick(numbers, pool, true, 0.3);
        tick(numbers, pool, true, 0.3);
        Proposal first = tick(numbers, pool, true, 0.3);
        assertThat(first.to().number()).isEqualTo(90);

        assertThat(tick(numbers, first.to(), true, 0.3).change()).as("no worse").isFalse();
        assertThat(tick(numbers, first.to(), true, 0.6).to().number()).isEqualTo(63, within(1e-9));
        assertThat(tick(numbers, Setting.of(63), true, 2).to().number()).isEqualTo(8);
    }

    @Test
    void theReturn_goesInPartsToTheValueBefore() {
        Setting pool = Setting.of(100);
        for (int t = 0; t < 3; t++) {
            Proposal proposal = tick(numbers, pool, true, 2);
            if (proposal.change()) pool = proposal.to();
        }
        assertThat(pool.number()).isEqualTo(8);

        int moves = 0;
        for (int t = 0; t < 200 && pool.number() < 100; t++) {
            Proposal proposal = tick(numbers, pool, false, 0);
            if (!proposal.change()) continue;
            assertThat(proposal.to().number()).isLessThanOrEqualTo(pool.number() * 1.1 + 1e-9);
            pool = proposal.to();
            moves++;
        }
        assertThat(pool.number()).isEqualTo(100);
        assertThat(moves).isGreaterThan(20);
        assertThat(state).isEqualTo(State.START);
    }

    private Proposal tick(ThresholdController controller, Setting current, boolean breached, double size) {
        now += TICK;
        ThresholdController.Result result =
                controller.step(state, current, new Observation(true, breached, !breached, size, now, TICK));
        state = result.state();
        return result.proposal();
    }
}
