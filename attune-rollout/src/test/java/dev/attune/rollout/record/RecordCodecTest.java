package dev.attune.rollout.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.model.wire.MalformedException;
import dev.attune.rollout.Samples;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Strategy;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is stored of a rollout is read back as it was written, and nothing else is read")
final class RecordCodecTest {
    private static final List<RolloutPlan> PLANS = List.of(
            Samples.atomic(Quorum.percent(90)),
            Samples.progressive(new Strategy.Tolerance(1, 2)),
            Samples.progressiveOrBack(),
            Samples.immediate(),
            new RolloutPlan(
                    List.of(new FileMove(Samples.FILE, 3, 0)),
                    new Strategy.Immediate(1, 2),
                    "ann",
                    "",
                    "",
                    50,
                    "c0ffee"));

    @Test
    void records_of_every_strategy_and_phase_come_back_equal() {
        for (RolloutPlan plan : PLANS)
            for (Phase phase : Phase.values()) {
                RolloutRecord record = record(plan, phase);
                assertThat(RecordCodec.decodeRecord(RecordCodec.encode(record))).isEqualTo(record);
            }
    }

    @Test
    void progress_of_every_state_comes_back_equal() {
        for (InstanceState state : InstanceState.values()) {
            InstanceProgress progress = new InstanceProgress(state, "größer als 5", 7, 1_700_000_000_000L);
            assertThat(RecordCodec.decodeProgress(RecordCodec.encode(progress))).isEqualTo(progress);
        }
    }

    @Test
    @DisplayName("R10: a verdict without a number comes back as one, and says nothing")
    void a_verdict_that_rests_on_no_number_is_undecided() {
        for (double score : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            Verdict verdict = new Verdict(3, Verdict.Judgement.FAILED, score, "p99");
            Verdict read = RecordCodec.decodeVerdict(RecordCodec.encode(verdict));
            assertThat(read).isEqualTo(verdict);
            assertThat(read.at(3)).isEqualTo(Verdict.Judgement.UNDECIDED);
        }
        Verdict sound = new Verdict(3, Verdict.Judgement.FAILED, 1.5, "p99");
        assertThat(sound.at(3)).isEqualTo(Verdict.Judgement.FAILED);
        assertThat(sound.at(4)).as("of another step").isEqualTo(Verdict.Judgement.UNDECIDED);
    }

    @Test
    void every_prefix_and_every_longer_form_is_refused() {
        for (RolloutPlan plan : PLANS)
            refusesCuts(RecordCodec.encode(record(plan, Phase.STAGE)), RecordCodec::decodeRecord);
        InstanceProgress progress = new InstanceProgress(InstanceState.FAILED, "why", 7, 9);
        refusesCuts(RecordCodec.encode(progress), RecordCodec::decodeProgress);
        Verdict verdict = new Verdict(1, Verdict.Judgement.PASSED, 0, "fine");
        refusesCuts(RecordCodec.encode(verdict), RecordCodec::decodeVerdict);
    }

    @Test
    void changed_bytes_are_read_as_something_or_refused_and_nothing_worse() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (RolloutPlan plan : PLANS) {
            byte[] sound = RecordCodec.encode(record(plan, Phase.STAGE)).toArray();
            for (int i = 0; i < 20_000; i++) {
                byte[] changed = sound.clone();
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--)
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                try {
                    RolloutRecord read = RecordCodec.decodeRecord(Bytes.wrap(changed));
                    assertThat(RecordCodec.decodeRecord(RecordCodec.encode(read)))
                            .as("seed %d, round %d", seed, i)
                            .isEqualTo(read);
                } catch (MalformedException e) {
                    assertThat(e).hasMessageNotContaining("null");
                }
            }
        }
    }

    @Test
    void stored_forms_stay_as_they_are() {
        InstanceProgress progress = new InstanceProgress(InstanceState.PREPARED, "", 3, 5);
        assertThat(RecordCodec.encode(progress).toArray()).containsExactly(1, 2, 0, 3, 5);
        assertThat(RecordCodec.encode(record(Samples.immediate(), Phase.DO_COMMIT))
                        .toArray())
                .startsWith(1, 12, 2, 4, 'p', 'r', 'o', 'd', 6, 'o', 'r', 'd', 'e', 'r', 's');
    }

    private static void refusesCuts(Bytes encoded, Function<Bytes, ?> decode) {
        byte[] whole = encoded.toArray();
        for (int length = 0; length < whole.length; length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> decode.apply(cut)).isInstanceOf(MalformedException.class);
        }
        Bytes longer = Bytes.wrap(Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> decode.apply(longer)).isInstanceOf(MalformedException.class);
    }

    private static RolloutRecord record(RolloutPlan plan, Phase phase) {
        boolean staged = phase == Phase.STAGE;
        Position at = new Position(phase, 5, staged ? 1 : -1, staged ? Long.MAX_VALUE : -1);
        return new RolloutRecord(12, plan, at, staged, "why", 50, new Times(1, 2));
    }
}
