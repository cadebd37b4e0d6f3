package dev.attune.tuning.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.verdict.StageEvidence.NewError;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LogTemplatesTest {
    private static final long NOW = 1_700_000_000_000L;

    private final LogTemplates templates = new LogTemplates("shop/orders");

    @Test
    void linesThatDifferInValues_shareATemplate() {
        String first =
                templates.add("order 17 of ana@example.org took 38ms", NOW).id();

        assertThat(templates.add("order 18 of ben@example.org took 4ms", NOW).id())
                .isEqualTo(first);
        assertThat(templates.add("payment refused by bank", NOW).id()).isNotEqualTo(first);
        assertThat(templates.all()).hasSize(2);
        assertThat(templates.find(first)).isNotNull().satisfies(each -> {
            assertThat(each.text()).isEqualTo("order <num> of <email> took <num>");
            assertThat(each.lines()).isEqualTo(2);
        });
    }

    @Test
    void aTemplateThatBecomesGeneral_keepsItsId() {
        String id = templates.add("connection to database replica lost", NOW).id();
        LogTemplate later = templates.add("connection to database primary lost", NOW);

        assertThat(later.id()).isEqualTo(id);
        assertThat(later.text()).isEqualTo("connection to database <*> lost");
        assertThat(new LogTemplates("shop/orders")
                        .add("connection to database replica lost", 0)
                        .id())
                .as("the same on every node")
                .isEqualTo(id);
        assertThat(new LogTemplates("shop/other")
                        .add("connection to database replica lost", 0)
                        .id())
                .isNotEqualTo(id);
    }

    @Test
    void whatMayBeSecret_isNeverKept() {
        templates.add(
                "user 4711 at 10.0.0.7:5432 said \"my password is hunter2\" token 9f86d081884c7d65 file /home/ana/x.txt"
                        + " id 123e4567-e89b-12d3-a456-426614174000 at 2026-01-02T03:04:05.678Z",
                NOW);

        String kept = templates.all().get(0).examples().toString();
        assertThat(kept)
                .doesNotContain("4711", "10.0.0.7", "hunter2", "9f86d081", "ana", "123e4567", "2026")
                .contains("<ip>", "<quoted>", "<hex>", "<path>", "<uuid>", "<time>", "<num>");
    }

    @Test
    void stackTraces_areKnownByClassAndFramesWithoutLineNumbers() {
        String trace =
                """
                request failed
                java.lang.IllegalStateException: order 17 is closed
                \tat shop.Orders.close(Orders.java:41)
                \tat shop.Http.handle(Http.java:97)
                Caused by: java.io.IOException: gone
                """;
        LogTemplate first = templates.add(trace, NOW);
        LogTemplate second = templates.add(trace.replace("41", "42").replace("17", "99"), NOW);

        assertThat(first.text()).isEqualTo("java.lang.IllegalStateException at shop.Orders.close at shop.Http.handle");
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(templates.add(trace.replace("shop.Http", "shop.Grpc"), NOW).id())
                .isNotEqualTo(first.id());
    }

    @Test
    void knownPrograms_areTakenApartAgain() {
        String[] formats = {
            "Accepted connection from %d on port %d",
            "Session %d of user %d expired after %d ms",
            "GET /api/orders/%d returned %d in %d ms",
            "Cache miss for key order:%d, loading",
            "Retrying request %d (attempt %d)",
            "Flushed %d records to segment %d",
            "Queue depth is %d",
            "GC pause of %d ms freed %d MB",
        };
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Integer, TreeSet<String>> found = new TreeMap<>();
        for (int i = 0; i < 5_000; i++) {
            int format = random.nextInt(formats.length);
            String line =
                    String.format(formats[format], random.nextInt(9_999), random.nextInt(9_999), random.nextInt(9_999));
            found.computeIfAbsent(format, each -> new TreeSet<>())
                    .add(templates.add(line, NOW).id());
        }

        assertThat(found.values()).as("seed %d", seed).allSatisfy(ids -> assertThat(ids)
                .hasSize(1));
        assertThat(templates.all()).hasSize(formats.length);
    }

    @Test
    void templatesAndTheTree_areBounded() {
        LogTemplates small = new LogTemplates("shop/orders", 16);
        for (int i = 0; i < 2_000; i++) small.add("word" + letters(i) + " other" + letters(i * 7), NOW + i);
        small.add("x ".repeat(100_000), NOW);

        assertThat(small.all()).hasSize(16);
        assertThat(small.all().get(15).tokens()).hasSize(Masking.TOKENS_MAX);
    }

    @Test
    void logSignals_countLevelsTemplatesAndNewErrors() {
        SignalStore store = new SignalStore("shop/orders", SignalLimits.DEFAULT);
        store.want(
                List.of(
                        Selector.of("log_lines_total"),
                        Selector.of("log_template_total"),
                        Selector.of("log_new_error_templates")),
                List.of());
        LogSignals signals = new LogSignals(templates);
        for (int step = 0; step < 6; step++) {
            long at = NOW + step * 10_000L;
            for (int i = 0; i < 5; i++) signals.add("a", "INFO", "order " + i + " done", at);
            if (step == 3)
                assertThat(signals.add("a", "ERROR", "payment refused by bank", at)
                                .isNew())
                        .isTrue();
            for (Sample sample : signals.take(at)) store.offer("shop/orders", sample, at);
        }
        SignalQuery query = new SignalQuery(store, Fleet.of(List.of("a")), new Quality(0.5, 1), NOW + 70_000);

        assertThat(query.increase(Selector.parse("log_lines_total{level=\"INFO\"}"), 60_000)
                        .value())
                .isEqualTo(30);
        assertThat(query.increase(Selector.of("log_new_error_templates"), 60_000)
                        .value())
                .isEqualTo(1);
        String id = templates.add("order 9 done", NOW).id();
        assertThat(query.increase(Selector.parse("log_template_total{id=\"" + id + "\"}"), 60_000)
                        .value())
                .isEqualTo(30);
    }

    @Test
    void aFloodOfLines_isSampledAndScaledUp() {
        LogSignals signals = new LogSignals(templates);
        for (int i = 0; i < 8_000; i++) signals.add("a", "INFO", "order " + i + " done", NOW);

        double mined = 0;
        double counted = 0;
        for (Sample each : signals.take(NOW)) {
            double value = ((Sample.Increase) each).value();
            if (each.series().metric().equals("log_template_total")) mined += value;
            if (each.series().metric().equals("log_lines_total")) counted += value;
        }
        assertThat(counted).isEqualTo(8_000);
        assertThat(mined).isBetween(7_900.0, 8_100.0);
        assertThat(signals.notMined()).isGreaterThan(3_000);
    }

    @Test
    void errorsThatWereKnownBefore_areNoNewErrors() {
        NewErrors errors = new NewErrors(List.of("old"));
        errors.add("old", "c1", Cohort.CANARY, NOW);
        for (int i = 0; i < 3; i++) errors.add("new", i == 0 ? "c1" : "c2", Cohort.CANARY, NOW + i * 60_000L);
        errors.add("both", "b1", Cohort.BASELINE, NOW);
        errors.add("new", "canary of the stage before", Cohort.OTHER, NOW);

        assertThat(errors.evidence())
                .containsExactly(new NewError("both", 0, 0, 0, 1), new NewError("new", 3, 2, 3, 0));
    }

    private static String letters(int number) {
        StringBuilder text = new StringBuilder();
        for (int rest = number; rest > 0 || text.isEmpty(); rest /= 26) text.append((char) ('a' + rest % 26));
        return text.toString();
    }

    @Test
    void masking_ofHostileLines_isFast() {
        Map<Integer, Integer> sizes = new TreeMap<>();
        for (String hostile :
                List.of("\"".repeat(50_000), "a@".repeat(50_000), "/a".repeat(50_000), "1.".repeat(50_000)))
            sizes.merge(Masking.tokens(hostile).size(), 1, Integer::sum);

        assertThat(sizes.keySet()).allMatch(size -> size <= Masking.TOKENS_MAX);
    }
}
