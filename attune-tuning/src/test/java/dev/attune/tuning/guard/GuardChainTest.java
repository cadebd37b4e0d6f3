package dev.attune.tuning.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Proposal;
import dev.attune.tuning.control.Setting;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuardChainTest {
    private static final long NOW = 10_000_000;
    private static final KeyRange RANGE = new KeyRange(8, 1_024, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.DOWN);
    private static final Setting CURRENT = Setting.of(100);
    private static final GuardFacts FACTS = GuardFacts.none(NOW);

    private final GuardChain chain = new GuardChain(RANGE, Limits.DEFAULT);
    private final GuardState start = GuardState.start(6, NOW);

    @Test
    void standingGuards_refuseInOrder() {
        assertThat(standing(FACTS.held("cluster, by ana", "by ben", "sale"), "no data"))
                .isEqualTo(Refusal.KILLED);
        assertThat(standing(FACTS.held("", "by ben", "sale"), "no data")).isEqualTo(Refusal.PINNED);
        assertThat(standing(FACTS.held("", "", "sale"), "no data")).isEqualTo(Refusal.FROZEN);
        assertThat(standing(FACTS.amid("rollout 7", "other", 0, 0), "no data")).isEqualTo(Refusal.NO_DATA);
        assertThat(standing(FACTS.amid("rollout 7", "other", 0, 0), "")).isEqualTo(Refusal.BUSY);
        assertThat(standing(FACTS.amid("", "other", 0, 0), "")).isEqualTo(Refusal.CONFLICT);
        assertThat(standing(FACTS, "")).isNull();
    }

    @Test
    void stepsAreLimited_moreInRelief_andTheNoteSaysSo() {
        assertThat(check(500, false).to().number()).isEqualTo(125);
        assertThat(check(500, false).clamped()).contains("step limited to 25");
        assertThat(check(10, false).to().number()).isEqualTo(50);
        assertThat(check(101, false).refusal()).isEqualTo(Refusal.TOO_SMALL);
    }

    @Test
    void theEnvelope_isNeverLeft() {
        GuardChain narrow = new GuardChain(RANGE, new Limits(90, 110, 0.25, 0.5, 0.03, 0, 0, 0));

        assertThat(narrow.check(propose(300, false), CURRENT, FACTS, start, List.of(), NOW)
                        .to()
                        .number())
                .isEqualTo(110);
        assertThat(narrow.check(propose(20, true), CURRENT, FACTS, start, List.of(), NOW)
                        .to()
                        .number())
                .isEqualTo(90);
    }

    @Test
    void growth_waitsForTheSafestRecentWish_reliefDoesNot() {
        GuardState wished = check(80, false).state();
        GuardOutcome growth = chain.check(propose(120, false), Setting.of(80), FACTS, wished, List.of(), NOW + 120_000);
        GuardOutcome later = chain.check(propose(120, false), Setting.of(80), FACTS, wished, List.of(), NOW + 400_000);
        GuardOutcome relief = chain.check(propose(50, false), Setting.of(80), FACTS, wished, List.of(), NOW + 120_000);

        assertThat(growth.refusal()).isEqualTo(Refusal.STABILIZING);
        assertThat(later.refusal()).isNull();
        assertThat(relief.refusal()).isNull();
    }

    @Test
    void changes_coolDownAndAreBudgeted_urgentOnesAreNotStopped() {
        GuardState changed = check(120, false).state();
        assertThat(chain.check(propose(60, false), Setting.of(120), FACTS, changed, List.of(), NOW + 59_000)
                        .refusal())
                .isEqualTo(Refusal.COOLDOWN);

        GuardState spent = start;
        for (int i = 0; i < 6; i++) spent = spent.changed(NOW);
        assertThat(chain.check(propose(120, false), CURRENT, FACTS, spent, List.of(), NOW + 61_000)
                        .refusal())
                .isEqualTo(Refusal.BUDGET);
        assertThat(chain.check(propose(60, true), CURRENT, FACTS, spent, List.of(), NOW + 61_000)
                        .refusal())
                .isNull();
        assertThat(chain.check(propose(120, false), CURRENT, FACTS, spent, List.of(), NOW + 661_000)
                        .refusal())
                .as("a token is back after ten minutes")
                .isNull();
        assertThat(chain.check(propose(60, true), CURRENT, FACTS, start, List.of(), NOW)
                        .state()
                        .budget())
                .as("a relief leaves the budget to come back with")
                .isEqualTo(start.budget());
        GuardFacts poor = FACTS.budgets(new Budget(20, 0, NOW), Budget.full(60, NOW));
        assertThat(chain.check(propose(120, false), CURRENT, poor, start, List.of(), NOW)
                        .detail())
                .contains("application");
    }

    @Test
    void aValueThatWasRolledBack_andEverythingBeyondIt_isBarredEverLonger() {
        GuardState barred = start.rolledBack(Setting.of(120), CURRENT, NOW);

        assertThat(chain.check(propose(121, false), CURRENT, FACTS, barred, List.of(), NOW + 599_000)
                        .refusal())
                .isEqualTo(Refusal.QUARANTINE);
        assertThat(chain.check(propose(110, false), CURRENT, FACTS, barred, List.of(), NOW + 1_000)
                        .refusal())
                .isNull();
        assertThat(chain.check(propose(121, false), CURRENT, FACTS, barred, List.of(), NOW + 601_000)
                        .refusal())
                .isNull();
        GuardState again = barred.rolledBack(Setting.of(120), CURRENT, NOW + 601_000);
        assertThat(chain.check(propose(121, false), CURRENT, FACTS, again, List.of(), NOW + 1_700_000)
                        .refusal())
                .isEqualTo(Refusal.QUARANTINE);
        assertThat(Quarantine.after(Setting.of(1), Setting.of(0), 60, 0).untilMillis())
                .isEqualTo(86_400_000);
    }

    @Test
    void twoRollbacksInAnHour_trip() {
        GuardState once = start.rolledBack(Setting.of(120), CURRENT, NOW);

        assertThat(once.tripped(NOW)).isFalse();
        assertThat(once.rolledBack(Setting.of(90), CURRENT, NOW + 60_000).tripped(NOW + 60_000))
                .isTrue();
        assertThat(once.rolledBack(Setting.of(90), CURRENT, NOW + 3_700_000).tripped(NOW + 3_700_000))
                .isFalse();
    }

    @Test
    void onlyOneChangeIsInFlight() {
        assertThat(withFacts(FACTS.amid("", "", 1, 0))).isEqualTo(Refusal.BLAST);
        assertThat(withFacts(FACTS.amid("", "", 0, 3))).isEqualTo(Refusal.BLAST);
        assertThat(withFacts(FACTS.binding(GuardFacts.Binding.NO))).isEqualTo(Refusal.NOT_BINDING);
        assertThat(withFacts(FACTS.binding(GuardFacts.Binding.UNKNOWN))).isEqualTo(Refusal.NO_DATA);
        assertThat(withFacts(FACTS.binding(GuardFacts.Binding.YES))).isNull();
    }

    @Test
    @DisplayName("R10: whatever is proposed, the value stays within range, envelope and step")
    void anyProposal_endsWithinBounds() {
        long seed = 4_711;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            double low = 8 + random.nextInt(200);
            Limits limits = new Limits(low, low + 1 + random.nextInt(800), 0.25, 0.5, 0.03, 0, 0, 0);
            Setting from = Setting.of(low + random.nextInt((int) (limits.high() - low)));
            boolean urgent = random.nextBoolean();
            double wanted = (random.nextDouble() - 0.3) * 3_000;
            GuardOutcome outcome =
                    new GuardChain(RANGE, limits).check(propose(wanted, urgent), from, FACTS, start, List.of(), NOW);

            double to = outcome.to().number();
            double most = Math.max(1, from.number() * (to < from.number() || urgent ? 0.5 : 0.25));
            assertThat(to)
                    .as("seed %d, run %d", seed, i)
                    .isBetween(Math.max(8, limits.low()), Math.min(1_024, limits.high()));
            assertThat(Math.abs(to - from.number()))
                    .as("seed %d, run %d", seed, i)
                    .isLessThanOrEqualTo(most + 1);
            assertThat(to).isEqualTo(StrictMath.rint(to));
        }
    }

    @Test
    void whatGuardsRemember_isReadBackEqual() {
        GuardState state = check(80, false)
                .state()
                .rolledBack(Setting.of("WARN"), Setting.of("INFO"), NOW)
                .rolledBack(Setting.of(3), Setting.of(9), NOW + 1);
        Encoder out = new Encoder();
        state.write(out);

        assertThat(GuardState.read(new Decoder(out.toArray()))).isEqualTo(state);
    }

    private @org.jspecify.annotations.Nullable Refusal standing(GuardFacts facts, String missing) {
        return chain.standing(CURRENT, missing, facts, start).refusal();
    }

    private @org.jspecify.annotations.Nullable Refusal withFacts(GuardFacts facts) {
        return chain.check(propose(120, false), CURRENT, facts, start, List.of(), NOW)
                .refusal();
    }

    private GuardOutcome check(double to, boolean urgent) {
        return chain.check(propose(to, urgent), CURRENT, FACTS, start, List.of(), NOW);
    }

    private static Proposal propose(double to, boolean urgent) {
        return new Proposal(Setting.of(to), true, urgent, "wanted", Collections.emptySortedMap());
    }
}
