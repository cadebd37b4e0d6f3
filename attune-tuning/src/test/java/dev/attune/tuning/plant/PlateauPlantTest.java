package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.PolicyReader;
import dev.attune.tuning.policy.TrialReadings;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalStore;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A climb on a reward that does not depend on its key, from samples to decisions in virtual time: two instances that change
 * places with each trial, 5 % apart, 2 % of noise in each window, trials one after the other.
 */
class PlateauPlantTest {
    private static final long TICK = 10_000;
    private static final int TICKS = 120;
    private static final int RUNS = 100;
    private static final List<String> INSTANCES = List.of("i1", "i2");
    private static final TuningPolicy POLICY = (TuningPolicy) new PolicyReader(new Language())
            .read(
                    """
                    kind: TuningPolicy
                    metadata: {name: pool, app: orders}
                    spec:
                      mode: auto
                      key: pool.size
                      envelope: [4, 128]
                      maximize: avg(goodput, 10s)
                      windows: 3
                      maxRegretPerDay: 1000%
                      limits: {tick: 10s, cooldown: 20s, perHour: 200}
                    """)
            .get(0);

    @Test
    @DisplayName("S3: on a plateau few climbs win four times or more, and most rest")
    void aPlateau_isNotWanderedOn() {
        int wandered = 0;
        int rested = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            Run run = new Run(seed);
            for (int tick = 0; tick < TICKS; tick++) run.tick();
            if (run.won >= 4) wandered++;
            if (run.rests) rested++;
        }

        String seeds = "of seeds 0 to " + (RUNS - 1);
        assertThat(wandered).as("wandered, %s", seeds).isLessThanOrEqualTo(RUNS / 10);
        assertThat(rested).as("rested, %s", seeds).isGreaterThanOrEqualTo(RUNS * 3 / 4);
    }

    private static final class Run {
        final Noise noise;
        final SignalStore store = new SignalStore("prod/orders", SignalLimits.DEFAULT);
        final Climber climber = POLICY.climber("v1");
        long now = 1_000 * TICK;
        ClimbMemory memory = ClimbMemory.start(climber.climb(), new double[] {40}, 200, now);
        List<Setting> current = List.of(Setting.of(40));
        String candidate = "";
        int trials;
        int won;
        boolean rests;

        Run(int seed) {
            noise = new Noise(90_000 + seed);
            store.want(POLICY.selectors(), List.of());
        }

        void tick() {
            for (String each : INSTANCES) {
                double own = each.equals("i1") ? 100 : 105;
                SeriesId id = SeriesId.of("goodput", each);
                double value = own * (1 + 0.02 * noise.normal());
                store.offer("prod/orders", new Sample.Gauge(id, now + TICK / 2, value), now + TICK / 2);
            }
            now += TICK;
            long since = memory.trialSinceMillis();
            TreeMap<String, Cohort> sides = new TreeMap<>();
            for (String each : INSTANCES) sides.put(each, each.equals(candidate) ? Cohort.CANARY : Cohort.BASELINE);
            TrialReadings readings = new TrialReadings(store, POLICY, Facts.NONE, memory.trials());
            ClimbTick.Measured measured = memory.tries()
                    ? readings.trying(new Fleet(sides), since, since, now)
                    : readings.resting(new Fleet(sides), now);
            long applied = memory.tries() ? since : ClimbTick.NOT_YET;
            ClimbTick.Trial trial = new ClimbTick.Trial(applied, 1, 2, "");
            ClimbDecision decision = climber.decide(
                    new ClimbTick(now, POLICY.mode(), current, 1, GuardFacts.none(now), trial, measured), memory);
            memory = decision.after();
            switch (decision.step()) {
                case TRY -> candidate = INSTANCES.get(trials++ % 2);
                case WON -> {
                    won++;
                    current = decision.to();
                }
                case REST -> rests = true;
                default -> {}
            }
        }
    }
}
