package dev.attune.tuning.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.KeyRange.Relief;
import dev.attune.tuning.control.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static Claim claim(String policy, int priority, boolean safest, double wish) {
        return new Claim(policy, true, priority, safest, Setting.of(wish));
    }

    @Test
    void theGreaterPriority_ownsTheKey() {
        Claim low = claim("a", 1, false, 10);
        Claim high = claim("b", 2, false, 20);

        assertThat(low.against(List.of(high), Relief.DOWN)).isEqualTo("b");
        assertThat(high.against(List.of(low), Relief.DOWN)).isEmpty();
    }

    @Test
    void equalPriorities_areDecidedByName_soThatThereIsOneOwner() {
        Claim first = claim("a", 1, false, 10);
        Claim second = claim("b", 1, false, 20);

        assertThat(first.against(List.of(second, first), Relief.DOWN)).isEmpty();
        assertThat(second.against(List.of(first, second), Relief.DOWN)).isEqualTo("a");
    }

    @Test
    void amongThoseThatShare_theSafestWishWins() {
        Claim heap = claim("heap", 0, true, 128);
        Claim latency = claim("latency", 9, true, 256);

        assertThat(latency.against(List.of(heap), Relief.DOWN)).isEqualTo("heap, which wants 128");
        assertThat(heap.against(List.of(latency), Relief.DOWN)).isEmpty();
        assertThat(heap.against(List.of(latency), Relief.UP)).isEqualTo("latency, which wants 256");
        assertThat(claim("x", 0, true, 128).against(List.of(heap), Relief.DOWN))
                .as("the same wish")
                .isEmpty();
    }

    @Test
    void oneThatDoesNotShare_ownsTheKeyBeforeThoseThatDo() {
        Claim shares = claim("a", 9, true, 10);
        Claim alone = claim("b", 0, false, 20);

        assertThat(shares.against(List.of(alone), Relief.DOWN)).isEqualTo("b");
        assertThat(alone.against(List.of(shares), Relief.DOWN)).isEmpty();
    }

    @Test
    void policiesThatOnlyShow_standInNobodysWay() {
        Claim shows = new Claim("a", false, 9, false, Setting.of(10));

        assertThat(claim("b", 0, false, 20).against(List.of(shows), Relief.DOWN))
                .isEmpty();
    }
}
