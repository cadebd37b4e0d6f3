package dev.attune.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PhaseTest {
    private static final Phase A = PoolBed.BED.phases().get(0);
    private static final Phase B = PoolBed.BED.phases().get(1);
    private static final Phase WIDE = PoolBed.BED.phases().get(2);
    private static final int QUEUE = 64;
    private static final double DEADLINE = 250;

    @Test
    @DisplayName("R1a: capacity is the pool over the wait at that many calls")
    void capacity_fallsAgainBeyondTheKnee() {
        assertThat(A.capacity(24)).isEqualTo(24 / (0.020 * (1 + 24.0 * 24 / (64 * 64))), within(1e-9));
        assertThat(B.capacity(8)).isEqualTo(800, within(1e-9));
        assertThat(B.capacity(4)).isLessThan(B.capacity(8));
        assertThat(B.capacity(16)).isLessThan(B.capacity(8));
    }

    @Test
    @DisplayName("R1a: under overload all answers are as late as a full queue makes them")
    void overload_givesTheCapacityOrNothing() {
        assertThat(A.goodput(4, QUEUE, DEADLINE)).isZero();
        assertThat(A.goodput(12, QUEUE, DEADLINE)).isEqualTo(A.capacity(12));
        assertThat(A.goodput(24, QUEUE, DEADLINE)).isEqualTo(1_000);
        assertThat(B.goodput(24, QUEUE, DEADLINE)).isEqualTo(480, within(1e-9));
        assertThat(B.goodput(48, QUEUE, DEADLINE)).isZero();
    }

    @Test
    @DisplayName("R1a: no fixed pool is near what each phase allows")
    void bestOfEachPhase_isFarFromAnyFixedPool() {
        assertThat(A.best(4, 128, QUEUE, DEADLINE)).isEqualTo(1_000);
        assertThat(B.best(4, 128, QUEUE, DEADLINE)).isEqualTo(700);
        double fixed = 0;
        double fixedWide = 0;
        for (int pool = 4; pool <= 128; pool++) {
            double inB = B.goodput(pool, QUEUE, DEADLINE);
            fixed = Math.max(fixed, (A.goodput(pool, QUEUE, DEADLINE) + inB) / 2);
            fixedWide = Math.max(fixedWide, (WIDE.goodput(pool, QUEUE, DEADLINE) + inB) / 2);
        }
        assertThat(850 / fixed).isGreaterThan(1.1);
        assertThat(850 / fixedWide).isGreaterThan(1.5);
    }
}
