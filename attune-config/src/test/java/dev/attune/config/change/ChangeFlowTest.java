package dev.attune.config.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.model.AttuneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChangeFlowTest {
    private final ChangeFlow strict = new ChangeFlow(new EnvironmentSettings(2, List.of(), 0, 0));

    @Test
    void approval_needsAsManyOthersAsTheEnvironmentAsksFor() {
        Change change = strict.submit(draft());

        assertThatThrownBy(() -> strict.approve(change, "ada")).hasMessageContaining("author");
        Change once = strict.approve(change, "bob");
        assertThat(once.state()).isEqualTo(ChangeState.REVIEW);
        assertThatThrownBy(() -> strict.approve(once, "bob")).hasMessageContaining("already");
        assertThat(strict.approve(once, "eve").state()).isEqualTo(ChangeState.APPROVED);
    }

    @Test
    void rulesThatGrewAfterApproval_areAskedAgainAtRelease() {
        ChangeFlow lax = new ChangeFlow(EnvironmentSettings.NONE);
        Change approved = lax.submit(draft());

        assertThatThrownBy(() -> strict.requireReleasable(approved, 0)).hasMessageContaining("approvals: 0 (needed: 2");
    }

    @Test
    void freeze_holdsBackFromItsFirstToItsLastMillisecond() {
        var freeze = new EnvironmentSettings.Freeze(10, 20, "x");
        ChangeFlow flow = new ChangeFlow(new EnvironmentSettings(0, List.of(freeze), 0, 0));
        Change approved = flow.submit(draft());

        flow.requireReleasable(approved, 9);
        flow.requireReleasable(approved, 20);
        assertThatThrownBy(() -> flow.requireReleasable(approved, 10)).hasMessageContaining("frozen until");
        assertThatThrownBy(() -> flow.requireReleasable(approved, 19)).hasMessageContaining("frozen until");
    }

    @Test
    void changeOnItsWayByARollout_takesNoStepUntilThatEnds() {
        ChangeFlow lax = new ChangeFlow(EnvironmentSettings.NONE);
        Change approved = lax.submit(draft());

        Change releasing = lax.releasing(approved, 12, 0);

        assertThat(releasing.state()).isEqualTo(ChangeState.RELEASING);
        assertThat(releasing.note()).isEqualTo("rollout 12 brings it");
        List<Runnable> steps = List.of(
                () -> lax.submit(releasing),
                () -> lax.reopen(releasing),
                () -> lax.reject(releasing, "no"),
                () -> lax.schedule(releasing, 5),
                () -> lax.requireOpen(releasing),
                () -> lax.requireReleased(releasing),
                () -> lax.releasing(releasing, 13, 0));
        for (Runnable each : steps) assertThatThrownBy(each::run).isInstanceOf(AttuneException.class);
        assertThat(ChangeFlow.notBrought(releasing, "rollout 12 aborted").state())
                .isEqualTo(ChangeState.APPROVED);
        assertThat(ChangeFlow.released(releasing, List.of()).state()).isEqualTo(ChangeState.RELEASED);
        assertThatThrownBy(() -> ChangeFlow.notBrought(approved, "")).isInstanceOf(AttuneException.class);
    }

    @Test
    void randomSteps_neverReleaseWithoutTheApprovalsOfOthers() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            Change change = draft();
            List<String> steps = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                try {
                    int step = random.nextInt(6);
                    String who = List.of("ada", "bob", "eve").get(random.nextInt(3));
                    steps.add(step + who);
                    switch (step) {
                        case 0 -> change = strict.submit(change);
                        case 1, 2 -> change = strict.approve(change, who);
                        case 3 -> change = strict.reopen(change);
                        case 4 -> change = strict.schedule(change, 5);
                        default -> {
                            strict.requireReleasable(change, 0);
                            assertThat(change.approvers())
                                    .as("seed %d: %s", seed, steps)
                                    .containsExactlyInAnyOrder("bob", "eve");
                            change = ChangeFlow.released(change, List.of());
                        }
                    }
                } catch (AttuneException refused) {
                    // A step that is not allowed changes nothing.
                }
            }
        }
    }

    private static Change draft() {
        return new Change("c1", ChangeState.DRAFT, "ada", "", 1, List.of(), List.of(), 0, "", List.of());
    }
}
