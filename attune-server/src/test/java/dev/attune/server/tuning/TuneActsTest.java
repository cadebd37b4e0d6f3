package dev.attune.server.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.model.kv.Operation;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TuneActsTest {
    private final TuningBed bed = new TuningBed();
    private final TuningHost host = bed.host(1);

    @BeforeEach
    void start() {
        bed.put(TuningBed.FILE, "queue:\n  size: 256\n");
        bed.signals.level("heap", 0.9);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private PolicyState.Asked waiting() {
        bed.put(TuningBed.POLICIES, TuningBed.POLICY.replace("mode: auto", "mode: approve"));
        bed.steps(host, 6);
        return Objects.requireNonNull(bed.state(TuningBed.QUEUE).asked());
    }

    @Test
    void aPersonsYes_makesTheChangeAndItIsCountedAndWatched() {
        PolicyState.Asked asked = waiting();
        assertThat(bed.value()).isEqualTo("256");

        TuneActs.Approved done =
                bed.acts.approve(TuningBed.QUEUE, asked.decision(), "ben").join();

        assertThat(bed.value()).isEqualTo("128");
        assertThat(bed.read().release().number()).isEqualTo(done.release());
        assertThat(bed.read().release().author()).isEqualTo("ben");
        assertThat(bed.audited("ben")).contains("tune.approve");
        PolicyState state = bed.state(TuningBed.QUEUE);
        assertThat(state.asked()).isNull();
        assertThat(state.verifying()).isNotNull();
        assertThat(state.remembered().guards().changedMillis()).isEqualTo(bed.millis.get());
        bed.steps(host, 3);
        assertThat(bed.decisions(TuningBed.QUEUE))
                .as("what a person agreed to is not taken for a change by hand")
                .noneMatch(each -> each.said().code().equals("PINNED"));
        assertThatThrownBy(() -> bed.acts
                        .approve(TuningBed.QUEUE, asked.decision(), "ben")
                        .join())
                .hasMessageContaining("does not wait for anybody");
    }

    @Test
    void aPersonsYes_doesNotPassAKillSwitchOrAValueThatMovedOn() {
        PolicyState.Asked asked = waiting();
        bed.acts.killSwitch("", "", "ana", bed.acts.hold("ana", 0, "")).join();

        assertThatThrownBy(() -> bed.acts
                        .approve(TuningBed.QUEUE, asked.decision(), "ben")
                        .join())
                .hasMessageContaining("switched off");
        bed.acts.killSwitch("", "", "ana", null).join();
        bed.put(TuningBed.FILE, "queue:\n  size: 300\n");
        assertThatThrownBy(() -> bed.acts
                        .approve(TuningBed.QUEUE, asked.decision(), "ben")
                        .join())
                .hasMessageContaining("queue.size is 300 by now");
        assertThat(bed.value()).isEqualTo("300");
    }

    @Test
    void whereChangesNeedApprovals_anAutomaticPolicyAsksForAsMany() {
        bed.put(TuningBed.POLICIES, TuningBed.POLICY);
        EnvironmentSettings two = new EnvironmentSettings(2, List.of(), 0, 0);
        bed.reads
                .run(new Operation.Txn(
                        List.of(), List.of(Operation.Put.of(EnvironmentSettings.key("prod"), two.encode())), List.of()))
                .join();
        bed.steps(host, 6);
        long decision =
                Objects.requireNonNull(bed.state(TuningBed.QUEUE).asked()).decision();

        TuneActs.Approved first =
                bed.acts.approve(TuningBed.QUEUE, decision, "ben").join();
        bed.acts.approve(TuningBed.QUEUE, decision, "ben").join();
        assertThat(first.needed()).isEqualTo(2);
        assertThat(bed.value()).as("one person counts once").isEqualTo("256");
        bed.acts.approve(TuningBed.QUEUE, decision, "cyd").join();
        assertThat(bed.value()).isEqualTo("128");
    }

    @Test
    void aDeclinedChange_isNotAskedForAgainAtOnce() {
        PolicyState.Asked asked = waiting();

        bed.acts.reject(TuningBed.QUEUE, asked.decision(), "ben", "not today").join();
        assertThat(bed.audited("ben")).containsExactly("tune.reject");
        bed.steps(host, 5);

        assertThat(bed.state(TuningBed.QUEUE).asked()).isNull();
        assertThat(bed.newest(TuningBed.QUEUE).said().code()).isEqualTo("QUARANTINE");
        assertThat(bed.state(TuningBed.QUEUE).remembered().guards().rollbacks()).isEmpty();
    }

    @Test
    void aProposalThatNobodyAnswers_expires() {
        PolicyState.Asked asked = waiting();

        bed.signals.level("heap", 0.75);
        bed.steps(host, 190);

        assertThat(bed.state(TuningBed.QUEUE).asked()).isNull();
        assertThat(bed.views.decision(TuningBed.QUEUE, asked.decision()).join().outcomes())
                .extracting(OutcomeEntry::what)
                .containsExactly(OutcomeEntry.What.EXPIRED);
    }

    @Test
    void aChangeTakenBackByAPerson_isBarredAndTwoOfThemTripThePolicy() {
        bed.put(TuningBed.POLICIES, TuningBed.POLICY);
        bed.steps(host, 6);
        long first = bed.newest(TuningBed.QUEUE).number();

        bed.acts.revert(TuningBed.QUEUE, first, "ben", "orders queue up").join();
        assertThat(bed.value()).isEqualTo("256");
        assertThat(bed.audited("ben")).contains("tune.revert");
        assertThatThrownBy(
                        () -> bed.acts.revert(TuningBed.QUEUE, first, "ben", "").join())
                .hasMessageContaining("queue.size is 256 by now");
        bed.steps(host, 8);
        assertThat(bed.value()).as("barred").isEqualTo("256");

        PolicyState state = bed.state(TuningBed.QUEUE);
        assertThat(state.remembered().tripped()).isEmpty();
        bed.steps(host, 120);
        long second = bed.decisions(TuningBed.QUEUE).stream()
                .filter(each -> each.made().release() > 0)
                .mapToLong(DecisionEntry::number)
                .max()
                .orElseThrow();
        assertThat(second).as("tried again after the bar").isGreaterThan(first);
    }

    @Test
    void resumingATrippedPolicy_trustsItAgain() {
        bed.put(TuningBed.POLICIES, TuningBed.POLICY);
        bed.steps(host, 5);
        PolicyState state = bed.state(TuningBed.QUEUE);
        var memory = state.remembered();
        var tripped = new dev.attune.tuning.decision.Memory(
                memory.guards(),
                memory.threshold(),
                memory.check(),
                memory.move(),
                memory.missingSinceMillis(),
                "a test");
        bed.reads
                .run(new Operation.Txn(
                        List.of(),
                        List.of(Operation.Put.of(
                                TuneKeys.state(TuningBed.QUEUE),
                                state.remembering(tripped).encode())),
                        List.of()))
                .join();

        bed.acts.resume(TuningBed.QUEUE, "ana").join();

        assertThat(bed.state(TuningBed.QUEUE).remembered().tripped()).isEmpty();
    }

    @Test
    void aPinnedKey_isLeftAloneUntilItIsGivenBack() {
        bed.put(TuningBed.POLICIES, TuningBed.POLICY);
        bed.acts.pin("prod", "orders", "queue.size", "ana", 0, "sale").join();

        bed.steps(host, 6);
        assertThat(bed.newest(TuningBed.QUEUE).said().sentence()).contains("by ana: sale", "[PINNED]");
        assertThat(bed.acts.pins("prod", "orders").join()).containsOnlyKeys("queue.size");
        bed.acts.unpin("prod", "orders", "queue.size", "ana").join();
        bed.steps(host, 1);
        assertThat(bed.value()).isEqualTo("128");
    }

    @Test
    void aBacktest_tellsWhatWouldHaveBeenDone() {
        bed.put(TuningBed.POLICIES, TuningBed.POLICY.replace("mode: auto", "mode: shadow"));
        bed.steps(host, 60);

        var tried =
                bed.lab.backtest(TuningBed.POLICIES, TuningBed.POLICY, 500_000).join();

        assertThat(tried).hasSize(1);
        assertThat(tried.get(0).report().changes()).isPositive();
        assertThat(tried.get(0).report().low()).isLessThan(256);
        assertThat(bed.value()).as("nothing is changed").isEqualTo("256");
    }

    @Test
    void aProfile_isLearntFromTheValuesThatTheKeyHad() {
        String auto = TuningBed.POLICY.replace("gain: 0.0005", "gain: auto").replace("mode: auto", "mode: recommend");
        bed.put(TuningBed.POLICIES, auto);
        for (int size : new int[] {100, 200, 300, 400, 500}) {
            bed.put(TuningBed.FILE, "queue:\n  size: " + size + "\n");
            bed.signals.level("heap", 0.2 + size * 0.001);
            bed.steps(host, 15);
        }
        assertThat(bed.decisions(TuningBed.QUEUE)).as("nothing to decide by").isEmpty();

        Profile profile = bed.lab.profile(TuningBed.QUEUE, List.of(), "ana").join();
        assertThat(bed.audited("ana")).contains("tune.profile");

        assertThat(profile.settings()).isEqualTo(5);
        assertThat(profile.model().gain()).isBetween(0.0009, 0.0011);
        bed.steps(host, 2);
        assertThat(bed.decisions(TuningBed.QUEUE)).isNotEmpty();
    }
}
