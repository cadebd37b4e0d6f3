package dev.attune.tuning.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoalControllerTest {
    private static final KeyRange RANGE = new KeyRange(8, 1_024, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.DOWN);

    @Test
    void loopGain_shrinksWithDelayAsTheStabilityLimitDoes() {
        double[] limits = {2, 1, 0.618, 0.445, 0.347};
        for (int d = 0; d < limits.length; d++)
            assertThat(Model.loopGainMax(d)).as("delay %d", d).isEqualTo(limits[d], within(5e-4));
        assertThat(new Model(1, 2, 0, 0).loopGain()).isEqualTo(0.5);
        assertThat(new Model(1, 8, 0, 1).loopGain()).isEqualTo(0.125, within(1e-12));
        assertThat(new Model(1, 2, 0, 1).urgentLoopGain()).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void aboveTheAim_theKeyMovesDownUrgently_belowItUpSlowly() {
        GoalController controller = linear(Goal.Kind.HARD, 2);

        Proposal down = controller.step(300, 490, Double.NaN, Double.NaN);
        Proposal up = controller.step(300, 400, Double.NaN, Double.NaN);
        // The aim is 500 less 6 %: 470.
        assertThat(down.urgent()).isTrue();
        assertThat(down.to().number()).isEqualTo(290);
        assertThat(up.urgent()).isFalse();
        assertThat(up.to().number()).isEqualTo(317);
    }

    @Test
    void aNegativeGain_movesTheOtherWay() {
        GoalController controller = linear(Goal.Kind.SOFT, -2);

        assertThat(controller.step(300, 700, Double.NaN, Double.NaN).to().number())
                .isGreaterThan(300);
    }

    @Test
    void closeToTheGoal_nothingMoves() {
        assertThat(linear(Goal.Kind.SOFT, 2)
                        .step(300, 480, Double.NaN, Double.NaN)
                        .change())
                .isFalse();
        assertThat(linear(Goal.Kind.HARD, 2)
                        .step(300, 465, Double.NaN, Double.NaN)
                        .change())
                .isFalse();
    }

    @Test
    void aDeputy_isWhereTheLoopStartsFrom() {
        GoalController controller = linear(Goal.Kind.HARD, 2);

        // The queue is at 250 of 300: what is to shrink is the queue.
        assertThat(controller.step(300, 490, Double.NaN, 250).to().number()).isEqualTo(240);
        // It still shrinks to a bound of 200: a lower one would be too low once it is there.
        assertThat(controller.step(200, 490, Double.NaN, 250).change()).isFalse();
        // Safe again before it got there: the bound is where the queue is.
        assertThat(controller.step(200, 400, Double.NaN, 250).to().number()).isEqualTo(267);
        // An empty queue says nothing against its bound.
        assertThat(controller.step(300, 400, Double.NaN, 10).to().number()).isEqualTo(317);
    }

    @Test
    void aSuperhardGoalThatIsBroken_takesTheSafeValueAtOnce() {
        assertThat(linear(Goal.Kind.SUPERHARD, 2)
                        .step(300, 510, 40, Double.NaN)
                        .to()
                        .number())
                .isEqualTo(40);
        assertThat(linear(Goal.Kind.SUPERHARD, 2)
                        .step(300, 490, 40, Double.NaN)
                        .to()
                        .number())
                .isGreaterThan(200);
    }

    @Test
    void aModel_isFittedFromAProfile_andRefusedWhenTheMetricDoesNotFollow() {
        List<Model.Sample> follows = List.of(
                new Model.Sample(1, new double[] {12, 12}),
                new Model.Sample(2, new double[] {14, 14}),
                new Model.Sample(3, new double[] {16, 16}),
                new Model.Sample(4, new double[] {18, 18}));
        List<Model.Sample> humped = List.of(
                new Model.Sample(1, new double[] {12, 12}),
                new Model.Sample(2, new double[] {18, 18}),
                new Model.Sample(3, new double[] {18, 18}),
                new Model.Sample(4, new double[] {12, 12}));

        Model.Profile profile = Model.fit(follows, false, 1);
        assertThat(profile.model().gain()).isEqualTo(2, within(1e-9));
        assertThat(profile.r2()).isEqualTo(1, within(1e-9));
        assertThatThrownBy(() -> Model.fit(humped, false, 1)).hasMessageContaining("not controllable");
        assertThatThrownBy(() -> Model.fit(follows.subList(0, 3), false, 1)).hasMessageContaining("expected: >= 4");
    }

    @Test
    void aModelWhoseGainIsSixTimesOff_isNotBelievedAfterSixMoves() {
        Model model = new Model(1, 1, 0.01, 0);
        ModelCheck right = ModelCheck.START;
        ModelCheck wrong = ModelCheck.START;
        for (int i = 0; i < 6; i++) {
            right = right.after(model, 10, 12, 0.1);
            wrong = wrong.after(model, 10, 60, 0.1);
        }

        assertThat(right.distrust(model)).isEmpty();
        assertThat(wrong.distrust(model)).contains("no longer holds");
    }

    @Test
    void movesBelowTheNoise_areNotJudged() {
        Model model = new Model(1, 1, 0.01, 0);
        ModelCheck check = ModelCheck.START;
        for (int i = 0; i < 10; i++) check = check.after(model, 1, -3, 2);

        assertThat(check).isEqualTo(ModelCheck.START);
    }

    private static GoalController linear(Goal.Kind kind, double gain) {
        Goal goal = new Goal(500, kind, Goal.Direction.BELOW, false, Goal.deadBand(kind), 1);
        return new GoalController(goal, new Model(gain, 4, 0.02, 0), RANGE);
    }
}
