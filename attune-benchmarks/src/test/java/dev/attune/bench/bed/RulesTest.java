package dev.attune.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final Bounds BOUNDS = new Bounds(4, 128);

    @Test
    void theAutoscaler_takesTheRatio_andNothingWithinItsTolerance() {
        Steering rule = new Rules.Autoscaler(BOUNDS, Look::utilisation, 0.7, false).steering();

        assertThat(rule.next(look(20, 20, 0.5))).containsExactly(29);
        assertThat(rule.next(look(20, 15, 0.5))).containsExactly(20);
        assertThat(rule.next(look(128, 128, 0.5))).containsExactly(128);
    }

    @Test
    void theAutoscaler_turnsTheRatioOver_whereTheMetricRises() {
        Steering rule = new Rules.Autoscaler(BOUNDS, Look::heap, 0.5, true).steering();

        assertThat(rule.next(look(100, 0, 0.8))).containsExactly(63);
    }

    @Test
    void theIntegral_goesAllTheWay_whenItsModelIsTrusted() {
        Steering rule = new Rules.Integral(BOUNDS, Look::heap, 0.75, 0.01, 1).steering();

        assertThat(rule.next(look(50, 0, 0.5))).containsExactly(75);
    }

    @Test
    void aThreshold_actsAfterTwoTicks() {
        Steering rule = new Rules.Threshold(BOUNDS, Look::heap, 0.6, 0.78, 0.1, -0.2).steering();

        assertThat(rule.next(look(100, 0, 0.9))).containsExactly(100);
        assertThat(rule.next(look(100, 0, 0.9))).containsExactly(80);
        assertThat(rule.next(look(80, 0, 0.5))).containsExactly(80);
        assertThat(rule.next(look(80, 0, 0.5))).containsExactly(88);
    }

    @Test
    void figuresOfALook_areMeansOverNodes() {
        Look look = look(20, 10, 0.5);

        assertThat(look.utilisation()).isEqualTo(0.5, within(1e-9));
        assertThat(look.goodput()).isEqualTo(180, within(1e-9));
        assertThat(look.rejected()).isEqualTo(0.1, within(1e-9));
    }

    private static Look look(int pool, int active, double heap) {
        ServiceProcess.Stats stats =
                new ServiceProcess.Stats(pool, 64, 0, active, 100, 90, 90, 0, (long) (heap * 1_000), 1_000);
        LoadStream.Outcome load = new LoadStream.Outcome(100, 90, 90, 10, 0, new Histogram(3));
        return new Look(0.5, List.of(pool), List.of(new Look.Node(stats, load)));
    }
}
