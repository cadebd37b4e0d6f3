package dev.attune.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.model.config.ReleaseKind;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.LaggingKeyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.StoreKeyspace;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FileServiceTest {
    private static final Coordinate FILE = new Coordinate("prod", "orders", "default", "application.yaml");
    private static final Edit ADA = Edit.by("ada", "why");

    private final StoreKeyspace keyspace = new StoreKeyspace();
    private final FileService files =
            new FileService(keyspace, Clock.fixed(Instant.ofEpochMilli(1_700_000_000_000L), ZoneOffset.UTC), 4096);

    @AfterEach
    void close() {
        keyspace.close();
    }

    @Test
    void publishedText_isReadBackByteForByteWithItsRelease() {
        Bytes text = Bytes.utf8("a: 1 # kept\r\n");

        Published done = files.publish(FILE, text, ADA).join();
        FileView read = files.read(FILE, ReadLevel.LINEARIZABLE).join();

        assertThat(read.release()).isEqualTo(done.release());
        assertThat(read.release().text()).isEqualTo(text);
        assertThat(read.release().revision()).isEqualTo(done.revision()).isEqualTo(keyspace.revision());
        assertThat(read.release().author()).isEqualTo("ada");
        assertThat(read.release().timeMillis()).isEqualTo(1_700_000_000_000L);
    }

    @Test
    void sameTextAgain_makesNoReleaseAndNoRevision() {
        files.publish(FILE, Bytes.utf8("a: 1\n"), ADA).join();
        long before = keyspace.revision();

        Published again = files.publish(FILE, Bytes.utf8("a: 1\n"), ADA).join();

        assertThat(again.created()).isFalse();
        assertThat(again.release().number()).isEqualTo(1);
        assertThat(keyspace.revision()).isEqualTo(before);
    }

    @Test
    void nodeThatLags_refusesLostUpdatesAndBelievesNoOldState() {
        long old = files.publish(FILE, Bytes.utf8("a: 1\n"), ADA).join().revision();
        files.publish(FILE, Bytes.utf8("a: 2\n"), ADA).join();
        LaggingKeyspace behind = new LaggingKeyspace(keyspace, old);
        FileService lagging = new FileService(behind, Clock.systemUTC(), 4096);

        CompletionException lost = catchThrowableOfType(
                CompletionException.class,
                () -> lagging.publish(FILE, Bytes.utf8("a: 3\n"), ADA.onto(1)).join());
        Published based =
                lagging.publish(FILE, Bytes.utf8("a: 3\n"), ADA.onto(2)).join();
        // On the old state this text is current already.
        Published same = new FileService(behind, Clock.systemUTC(), 4096)
                .publish(FILE, Bytes.utf8("a: 1\n"), ADA)
                .join();

        assertThat(((AttuneException) Problems.unwrap(lost)).code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(based.release().number()).isEqualTo(3);
        assertThat(same.created()).isTrue();
        assertThat(same.release().number()).isEqualTo(4);
    }

    @Test
    void writersOfOneFileAtTheSameTime_eachGetTheirOwnReleaseWithoutGaps() {
        List<CompletableFuture<Published>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) all.add(files.publish(FILE, Bytes.utf8("a: " + i + "\n"), ADA));

        List<Long> numbers = all.stream()
                .map(each -> each.join().release().number())
                .sorted()
                .collect(Collectors.toList());

        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, 40).boxed().collect(Collectors.toList()));
    }

    @Test
    void staleBase_isRefusedAndChangesNothing() {
        files.publish(FILE, Bytes.utf8("a: 1\n"), ADA).join();
        files.publish(FILE, Bytes.utf8("a: 2\n"), ADA).join();

        AttuneException refused = failure(files.publish(FILE, Bytes.utf8("a: 3\n"), ADA.onto(1)));

        assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(files.read(FILE, ReadLevel.LINEARIZABLE).join().release().number())
                .isEqualTo(2);
        assertThat(files.publish(FILE, Bytes.utf8("a: 3\n"), ADA.onto(2)).join().created())
                .isTrue();
    }

    @Test
    void anyCallsInAnyOrder_agreeWithANaiveModel() {
        long seed = 99;
        Random random = new Random(seed);
        List<Coordinate> coordinates = new ArrayList<>();
        for (String cluster : List.of("default", "eu"))
            for (String name : List.of("a.yaml", "b")) coordinates.add(new Coordinate("prod", "orders", cluster, name));
        Map<Coordinate, Model> models = new HashMap<>();
        for (int step = 0; step < 600; step++) {
            Coordinate file = coordinates.get(random.nextInt(coordinates.size()));
            Model model = models.computeIfAbsent(file, f -> new Model());
            int what = random.nextInt(10);
            String text = "k: " + random.nextInt(4) + "\n";
            String about = "seed " + seed + " step " + step;
            if (what < 6) {
                files.publish(file, Bytes.utf8(text), ADA).join();
                model.release(text, ReleaseKind.NORMAL);
            } else if (what < 9 && !model.texts.isEmpty()) {
                int to = 1 + random.nextInt(model.texts.size());
                files.rollback(file, to, ADA).join();
                model.release(model.texts.get(to - 1), ReleaseKind.ROLLBACK);
            } else if (model.current > 0) {
                files.delete(file, ADA).join();
                model.current = 0;
            } else {
                assertThat(failure(files.delete(file, ADA)).code()).as(about).isEqualTo(ErrorCode.NOT_FOUND);
            }
            model.check(file, about);
        }
        long present = models.values().stream().filter(m -> m.current > 0).count();
        assertThat(files.list("prod", "orders", ReadLevel.LINEARIZABLE).join().files())
                .hasSize((int) present);
    }

    @Test
    void historyPages_coverEveryReleaseOnceNewestFirst() {
        for (int i = 1; i <= 7; i++)
            files.publish(FILE, Bytes.utf8("a: " + i + "\n"), ADA).join();

        List<Long> seen = new ArrayList<>();
        long before = 0;
        do {
            History page =
                    files.history(FILE, before, 3, ReadLevel.LINEARIZABLE).join();
            page.releases().forEach(release -> seen.add(release.number()));
            before = page.before();
        } while (before > 0);

        assertThat(seen).containsExactly(7L, 6L, 5L, 4L, 3L, 2L, 1L);
    }

    @Test
    void namesInUse_areListedWithoutReadingWhatLiesBelow() {
        for (String env : List.of("prod", "prod-eu", "staging"))
            for (String app : List.of("orders", "orders.v2", "web"))
                files.publish(new Coordinate(env, app, "default", "a"), Bytes.utf8("a=1\n"), ADA)
                        .join();

        assertThat(files.environments(ReadLevel.LINEARIZABLE).join().names())
                .containsExactly("prod", "prod-eu", "staging");
        assertThat(files.applications("prod", ReadLevel.LINEARIZABLE).join().names())
                .containsExactly("orders", "orders.v2", "web");
        assertThat(files.applications("none", ReadLevel.LINEARIZABLE).join().names())
                .isEmpty();
    }

    @Test
    void invalidText_isRefusedWithItsPlaceAndNeverBecomesARelease() {
        AttuneException refused = failure(files.publish(FILE, Bytes.utf8("a: 1\nb: [\n"), ADA));

        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused).hasMessageContaining("line ");
        assertThat(failure(files.read(FILE, ReadLevel.LINEARIZABLE)).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void lostMajority_failsTheWriteAndLeavesStaleReads() {
        files.publish(FILE, Bytes.utf8("a: 1\n"), ADA).join();
        keyspace.majorityLost(true);

        assertThat(failure(files.publish(FILE, Bytes.utf8("a: 2\n"), ADA)).code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(files.read(FILE, ReadLevel.STALE).join().release().number()).isEqualTo(1);
    }

    private static AttuneException failure(CompletableFuture<?> future) {
        CompletionException thrown = catchThrowableOfType(CompletionException.class, future::join);
        return (AttuneException) Problems.unwrap(thrown);
    }

    /** What a file should be. */
    private final class Model {
        final List<String> texts = new ArrayList<>();
        final List<ReleaseKind> kinds = new ArrayList<>();
        int current;

        void release(String text, ReleaseKind kind) {
            if (current > 0 && texts.get(current - 1).equals(text)) return;
            texts.add(text);
            kinds.add(kind);
            current = texts.size();
        }

        void check(Coordinate file, String about) {
            if (texts.isEmpty()) return;
            History history =
                    files.history(file, 0, 100, ReadLevel.LINEARIZABLE).join();
            assertThat(history.current()).as(about).isEqualTo(current);
            int newest = texts.size();
            assertThat(history.releases()).as(about).hasSize(Math.min(100, newest));
            Release last = history.releases().get(0);
            assertThat(last.number()).as(about).isEqualTo(newest);
            assertThat(last.kind()).as(about).isEqualTo(kinds.get(newest - 1));
            if (current == 0) return;
            Release read = files.read(file, ReadLevel.LINEARIZABLE).join().release();
            assertThat(read.text().toUtf8()).as(about).isEqualTo(texts.get(current - 1));
        }
    }
}
