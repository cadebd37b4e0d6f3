package dev.attune.server.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.config.release.Pointer;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.Verdict.Judgement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HoldOutTest {
    private static final String POLICY =
            TuningBed.POLICY.replace("kind: hard", "kind: soft") + "  holdout: 60s\n  verify: 1m\n";

    private final TuningBed bed = new TuningBed();
    private final TuningHost host = bed.host(1);
    private List<String> ids = List.of();

    @BeforeEach
    void start() {
        bed.put(TuningBed.FILE, "queue:\n  size: 256\n");
        bed.signals.level("heap", 0.9);
    }

    private void fleet(int count) {
        ids = List.of("i0", "i1", "i2", "i3", "i4").subList(0, count);
        bed.fleet(ids, () -> bed.settle(ids));
        bed.settle(ids);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private PolicyState.Moving moving() {
        bed.steps(host, 2);
        for (int i = 0; i < 12; i++) {
            bed.steps(host, 1);
            PolicyState.Moving moving = bed.state(TuningBed.QUEUE).moving();
            if (moving != null) return moving;
        }
        throw new AssertionError("never moved: " + bed.newest(TuningBed.QUEUE));
    }

    private long changed() {
        Pointer pointer = bed.pointer();
        return ids.stream()
                .filter(each -> pointer.releaseFor(InstanceSpec.of(each, "prod", "orders")) != 1)
                .count();
    }

    private OutcomeEntry outcome(PolicyState.Moving moving) {
        return bed.views.decision(TuningBed.QUEUE, moving.decision()).join().outcomes().stream()
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("R10: of five instances two keep the old value for the holdout, and the record says what that showed")
    void aChangeAtOnce_isHeldFromSomeAndComparedWithThem() {
        fleet(5);
        bed.put(TuningBed.POLICIES, POLICY);
        PolicyState.Moving moving = moving();
        assertThat(changed()).isEqualTo(3);
        assertThat(bed.value()).isEqualTo("256");
        String evidence =
                """
                {"applications": [{"baseline": ["i3", "i4"], "guards": [
                  {"guard": "errors", "points": 4, "change": 0.012, "lower": -0.02, "upper": 0.041,
                   "reason": "within the margin"}]}]}
                """;
        Operation put = Operation.Put.of(
                RolloutKeys.evidence(
                        "prod",
                        moving.rollout(),
                        bed.rollouts.record("prod", moving.rollout()).step()),
                Bytes.utf8(evidence));
        bed.reads.run(new Operation.Txn(List.of(), List.of(put), List.of())).join();

        bed.steps(host, 5);
        assertThat(changed()).as("for a minute").isEqualTo(3);
        bed.signals.level("heap", 0.8);
        bed.steps(host, 3);

        assertThat(bed.value()).isEqualTo(moving.to());
        assertThat(changed()).isEqualTo(5);
        assertThat(outcome(moving).what()).isEqualTo(OutcomeEntry.What.KEPT);
        assertThat(outcome(moving).sentence())
                .contains("compared for 60 s with 2 instances that kept 256: errors +1.2 % (-2.0 to +4.1), within the "
                        + "margin");
        assertThat(bed.state(TuningBed.QUEUE).lastGood()).isEqualTo(moving.to());
    }

    @Test
    void aComparisonThatNobodyMade_isSaidAndMakesNoValueGood() {
        fleet(5);
        bed.put(TuningBed.POLICIES, POLICY);
        PolicyState.Moving moving = moving();

        bed.signals.level("heap", 0.8);
        bed.steps(host, 8);

        assertThat(outcome(moving).sentence()).contains("some were held out, but nobody compared");
        assertThat(bed.state(TuningBed.QUEUE).lastGood()).isEqualTo("256");
    }

    @Test
    void aChangeThatIsWorseThanWhatWasKept_isTakenBackAndBarred() {
        fleet(5);
        bed.put(TuningBed.POLICIES, POLICY);
        PolicyState.Moving moving = moving();
        bed.rollouts.judge("prod", moving.rollout(), Judgement.FAILED, "errors: worse by more than the margin");

        bed.steps(host, 2);

        assertThat(bed.value()).isEqualTo("256");
        assertThat(changed()).isZero();
        assertThat(outcome(moving).what()).isEqualTo(OutcomeEntry.What.REVERTED);
        assertThat(outcome(moving).sentence()).contains("judged: errors: worse by more than the margin");
        assertThat(bed.state(TuningBed.QUEUE).remembered().guards().quarantines())
                .isNotEmpty();
    }

    @Test
    void withFewInstances_allHaveItAtOnce() {
        fleet(3);
        bed.put(TuningBed.POLICIES, POLICY);
        bed.steps(host, 6);
        assertThat(bed.value())
                .as("%s", bed.newest(TuningBed.QUEUE).said().sentence())
                .isNotEqualTo("256");
        PolicyState.Verifying watched =
                Objects.requireNonNull(bed.state(TuningBed.QUEUE).verifying());
        assertThat(watched.before()).isEqualTo("256");
    }

    @Test
    void whatRelievesAHardGoalInDanger_isForAll() {
        fleet(5);
        bed.put(TuningBed.POLICIES, POLICY.replace("kind: soft", "kind: hard"));

        bed.steps(host, 6);

        assertThat(bed.value()).isEqualTo("128");
        assertThat(bed.state(TuningBed.QUEUE).moving()).isNull();
    }
}
