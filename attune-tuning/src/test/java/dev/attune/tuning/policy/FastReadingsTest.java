package dev.attune.tuning.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A change that all have at once, judged by counts. */
class FastReadingsTest {
    private static final long CHANGED = 1_700_000_400_000L;
    private static final Facts FACTS = Facts.changedAt(CHANGED);
    private static final List<GuardSpec> LIMITED = new PolicyReader(new Language())
            .guards("guards: [{name: errors, counts: [failed_total, http_total], limit: 0.2, critical: true}]");

    /** Found by the end-to-end test of a policy that acts: minutes after a start, a limit was never looked at. */
    @Test
    void anAbsoluteLimitOfCounts_needsNoHour() {
        assertThat(verdict(60_000, 100)).isEqualTo(Verdict.FAST_FAIL);
        assertThat(verdict(3_700_000, 100)).isEqualTo(Verdict.FAST_FAIL);
    }

    @Test
    void countsWithinTheLimit_areUndecidedWithoutAnHourAndFineWithOne() {
        assertThat(verdict(60_000, 2)).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(verdict(3_700_000, 2)).isEqualTo(Verdict.OK);
    }

    /** One in a hundred of 200 requests a step failed before. */
    private static Verdict verdict(long knownMillis, double failing) {
        SignalStore store = new SignalStore("default/orders", SignalLimits.DEFAULT);
        store.want(List.of(Selector.of("http_total"), Selector.of("failed_total")), List.of());
        TreeMap<String, Cohort> all = new TreeMap<>(Map.of("a", Cohort.OTHER, "b", Cohort.OTHER));
        for (long at = CHANGED - knownMillis; at < CHANGED + 60_000; at += 10_000)
            for (String instance : all.keySet()) {
                offer(store, new Sample.Increase(SeriesId.of("http_total", instance), at, 200));
                offer(
                        store,
                        new Sample.Increase(SeriesId.of("failed_total", instance), at, at < CHANGED ? 2 : failing));
            }
        SignalQuery query = new SignalQuery(store, new Fleet(all), Quality.DEFAULT, CHANGED + 60_000);
        return new FastReadings(query, FACTS, CHANGED).judge(LIMITED).get(0).verdict();
    }

    private static void offer(SignalStore store, Sample sample) {
        store.offer("default/orders", sample, sample.atMillis());
    }
}
