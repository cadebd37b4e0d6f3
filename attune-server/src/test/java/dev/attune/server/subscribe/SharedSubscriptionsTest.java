package dev.attune.server.subscribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.attune.config.release.GrayDraft;
import dev.attune.config.settings.FileSettings;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Audience;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.rollout.Directive;
import dev.attune.server.audit.Audit;
import dev.attune.server.files.Edit;
import dev.attune.server.files.FileService;
import dev.attune.server.files.SettingsService;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.keyspace.StoreKeyspace;
import dev.attune.store.Command;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SharedSubscriptionsTest {
    // What still arrives when a test is over has nobody left to tell.
    private final ExecutorService workers = new ThreadPoolExecutor(
            2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new ThreadPoolExecutor.DiscardPolicy());
    private final StoreKeyspace keyspace = new StoreKeyspace();
    private final FileService files = new FileService(keyspace, Clock.systemUTC(), 4096);
    private final SharedSubscriptions subscriptions = new SharedSubscriptions(keyspace, workers);

    @AfterEach
    void close() {
        keyspace.close();
        workers.shutdownNow();
    }

    @Test
    void newSubscriber_getsTheCompleteStateThenEachChangeWithContent() {
        publish("default", "a.yaml", "x: 1\n");
        RecordingSink sink = new RecordingSink();
        subscribe("default", "", 0, sink);
        await().until(() -> sink.count() == 1);

        publish("default", "b", "y=1\n");
        await().until(() -> sink.count() == 2);
        files.delete(at("default", "a.yaml"), Edit.by("ada", "")).join();
        await().until(() -> sink.count() == 3);

        assertThat(sink.update(0).complete()).isTrue();
        assertThat(sink.update(0).files().get(0).keys()).isEqualTo(Map.of("x", "1"));
        assertThat(sink.update(1).complete()).isFalse();
        assertThat(sink.update(1).revision()).isEqualTo(keyspace.revision() - 1);
        assertThat(sink.update(2).removed()).containsExactly("a.yaml");
        assertThat(sink.config()).isEqualTo(Map.of("b", "default:y=1\n"));
    }

    @Test
    @DisplayName("S2: ten thousand releases in a row while a thousand follow: none misses the last state")
    void longRunOfReleases_endsWithTheLastStateForEveryone() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int followers = 1_000;
        int releases = 10_000;
        List<AtomicReference<String>> last = new ArrayList<>();
        List<Subscriptions.Subscription> running = new ArrayList<>();
        for (int i = 0; i < followers; i++) {
            AtomicReference<String> seen = new AtomicReference<>("");
            // Some have no room from time to time; what they missed is owed as a complete state.
            boolean slow = random.nextInt(10) == 0;
            AtomicBoolean full = new AtomicBoolean();
            last.add(seen);
            running.add(subscriptions.subscribe(InstanceSpec.of("i" + i, "prod", "orders"), Set.of(), 0, message -> {
                if (slow && full.compareAndSet(false, true)) return false;
                full.set(false);
                if (message instanceof SharedUpdate update
                        && !update.update().files().isEmpty())
                    seen.set(update.update().files().get(0).text().toUtf8());
                return true;
            }));
        }
        for (int i = 1; i <= releases; i++) put("orders", "a.yaml", "v: " + i + "\n");
        String end = "v: " + releases + "\n";
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            running.forEach(Subscriptions.Subscription::resume);
            assertThat(last.stream().filter(each -> !end.equals(each.get())).count())
                    .as("behind, seed %d", seed)
                    .isZero();
        });
    }

    @Test
    @DisplayName("S2: a storm of releases reaches a thousand followers as few updates, the first at once")
    void stormOfReleases_isToldInRounds() {
        List<RecordingSink> followers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            followers.add(new RecordingSink());
            subscribe("default", "", 0, followers.get(i));
        }
        RecordingSink first = followers.get(0);
        // The rest between two rounds is by how many follow, so all must.
        await().until(() -> followers.stream().allMatch(each -> each.count() == 1));
        long begun = System.nanoTime();
        int releases = 5_000;
        for (int i = 1; i <= releases; i++) put("orders", "a.yaml", "v: " + i + "\n");
        await().untilAsserted(() -> assertThat(first.config()).containsValue("default:v: 5000\n"));
        long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
        // A round for each 50 ms, one that comes at once, and what is told to begin with.
        assertThat(first.count()).isBetween(2, (int) (millis / 50) + 3).isLessThan(releases);
    }

    @Test
    void changeOfAnImportedFile_reachesWhoeverImportsItAtOnce() {
        share("shared", "common.yaml");
        put("shared", "common.yaml", "x: 1\ny: 1\n");
        put("orders", "a.yaml", "attune.import: shared/common.yaml\ny: 2\n");
        RecordingSink sink = new RecordingSink();
        subscribe("default", "", 0, sink);
        await().until(() -> sink.count() == 1);

        put("shared", "common.yaml", "x: 5\ny: 1\n");
        await().until(() -> sink.count() == 2);

        assertThat(sink.update(0).files().get(0).keys()).isEqualTo(Map.of("x", "1", "y", "2"));
        assertThat(sink.update(1).files().get(0).keys()).isEqualTo(Map.of("x", "5", "y", "2"));
    }

    @Test
    void fileThatBeginsToImport_isFollowedFromThenOn() {
        share("shared", "common.yaml");
        put("shared", "common.yaml", "x: 1\n");
        put("orders", "a.yaml", "y: 2\n");
        RecordingSink sink = new RecordingSink();
        subscribe("default", "", 0, sink);
        await().until(() -> sink.count() == 1);

        put("orders", "a.yaml", "attune.import: shared/common.yaml\ny: 2\n");
        await().until(() -> sink.count() == 2);
        put("shared", "common.yaml", "x: 9\n");
        await().until(() -> sink.count() == 3);

        assertThat(sink.update(2).files().get(0).keys()).isEqualTo(Map.of("x", "9", "y", "2"));
    }

    @Test
    void grayRule_tellsItsAudienceAndNobodyElse() {
        put("orders", "a.yaml", "v: 1\n");
        RecordingSink in = new RecordingSink();
        RecordingSink out = new RecordingSink();
        subscribeAs("in", Map.of("zone", "a"), in);
        subscribeAs("out", Map.of("zone", "b"), out);
        await().until(() -> in.count() == 1 && out.count() == 1);

        GrayDraft rule =
                new GrayDraft("canary", new Audience(Set.of(), List.of(), Map.of("zone", "a"), 10_000), -1, "s");
        files.writes()
                .gray(at("default", "a.yaml"), rule, Bytes.utf8("v: 2\n"), Edit.by("ada", ""))
                .join();
        await().until(() -> in.count() == 2 && out.count() == 2);
        files.writes()
                .promote(at("default", "a.yaml"), "canary", Edit.by("ada", ""))
                .join();
        await().until(() -> in.count() == 3 && out.count() == 3);

        assertThat(in.update(1).files().get(0).keys()).isEqualTo(Map.of("v", "2"));
        assertThat(out.update(1).files().get(0).keys()).isEqualTo(Map.of("v", "1"));
        assertThat(out.update(2).files().get(0).keys()).isEqualTo(Map.of("v", "2"));
    }

    private void subscribeAs(String id, Map<String, String> labels, RecordingSink sink) {
        subscriptions.subscribe(new InstanceSpec(id, "prod", "orders", "default", "", "", labels), Set.of(), 0, sink);
    }

    private void share(String application, String file) {
        new SettingsService(new Reads(keyspace), new Audit(Clock.systemUTC()))
                .put("prod", application, file, new FileSettings(true, "", List.of(), ""), "ada")
                .join();
    }

    private void put(String application, String file, String text) {
        files.publish(new Coordinate("prod", application, "default", file), Bytes.utf8(text), Edit.by("ada", ""))
                .join();
    }

    @Test
    @DisplayName("R2: a directive comes behind every update up to its revision, also to a sink that was full")
    void directive_comesBehindTheUpdatesItIsAbout() {
        publish("default", "a", "v=1\n");
        AtomicBoolean room = new AtomicBoolean(true);
        RecordingSink sink = new RecordingSink(room::get);
        Subscriptions.Subscription subscription = subscriptions.subscribe(
                new InstanceSpec("i", "prod", "orders", "default", "", "", Map.of()), Set.of(), 0, sink);
        await().until(() -> sink.count() == 1);

        room.set(false);
        publish("default", "a", "v=2\n");
        await().until(() -> sink.refusals() > 0);
        subscription.direct(new Directive(Directive.Kind.STAGE, 7, 2, keyspace.revision()));
        subscription.direct(new Directive(Directive.Kind.COMMIT, 7, 3, keyspace.revision()));
        room.set(true);
        subscription.resume();
        await().until(() -> sink.count() == 3);
        assertThat(sink.config()).containsEntry("a", "default:v=2\n");
        assertThat(((SubscriptionMessage.Directed) sink.messages().get(2))
                        .directive()
                        .kind())
                .isEqualTo(Directive.Kind.COMMIT);

        subscription.direct(new Directive(Directive.Kind.ABORT, 8, 1, keyspace.revision() + 2));
        publish("default", "a", "v=3\n");
        await().until(() -> sink.count() == 4);
        assertThat(sink.messages().get(3)).isInstanceOf(SharedUpdate.class);
        publish("default", "a", "v=4\n");
        await().until(() -> sink.count() == 6);
        assertThat(sink.messages().get(4)).isInstanceOf(SharedUpdate.class);
        assertThat(sink.messages().get(5)).isInstanceOf(SubscriptionMessage.Directed.class);
    }

    @Test
    void applicationWithoutFiles_isACompleteEmptyState() {
        RecordingSink sink = new RecordingSink();

        subscribe("default", "", 0, sink);

        await().until(() -> sink.count() == 1);
        assertThat(sink.update(0).complete()).isTrue();
        assertThat(sink.update(0).files()).isEmpty();
    }

    @Test
    void overlay_winsWhileItExistsAndFallsBackWhenDeleted() {
        publish("default", "a", "v=0\n");
        publish("eu", "a", "v=eu\n");
        RecordingSink sink = new RecordingSink();
        subscribe("blue", "eu", 0, sink);
        await().until(() -> sink.count() == 1);
        assertThat(sink.config()).containsEntry("a", "eu:v=eu\n");

        publish("default", "a", "v=1\n");
        publish("blue", "a", "v=blue\n");
        await().until(() -> "blue:v=blue\n".equals(sink.config().get("a")));
        assertThat(sink.count()).as("the hidden default is no change for it").isEqualTo(2);
        files.delete(at("blue", "a"), Edit.by("ada", "")).join();
        await().until(() -> "eu:v=eu\n".equals(sink.config().get("a")));
        files.delete(at("eu", "a"), Edit.by("ada", "")).join();

        await().until(() -> "default:v=1\n".equals(sink.config().get("a")));
    }

    @Test
    void resumingSubscriber_isToldOnlyWhatChangedSince() {
        publish("default", "a", "v=1\n");
        publish("default", "gone", "v=1\n");
        long seen = keyspace.revision();
        publish("default", "b", "v=1\n");
        files.delete(at("default", "gone"), Edit.by("ada", "")).join();
        RecordingSink sink = new RecordingSink();

        subscribe("default", "", seen, sink);

        await().until(() -> sink.count() == 1);
        assertThat(sink.update(0).complete()).isFalse();
        assertThat(sink.update(0).files()).extracting(f -> f.file()).containsExactly("b");
        assertThat(sink.update(0).removed()).containsExactly("gone");
    }

    @Test
    void resumingAfterCompaction_losesNothing() {
        publish("default", "a", "v=1\n");
        long seen = keyspace.revision();
        for (int i = 2; i < 10; i++) publish("default", "a", "v=" + i + "\n");
        keyspace.write(new Command.Compact(keyspace.revision())).join();
        RecordingSink sink = new RecordingSink();

        subscribe("default", "", seen, sink);

        await().until(() -> sink.count() == 1);
        assertThat(sink.config()).containsEntry("a", "default:v=9\n");
    }

    @Test
    @DisplayName("S1: a client that knows more than the cluster is refused, never moved back")
    void resumingFromTheFuture_isRefused() {
        RecordingSink sink = new RecordingSink();

        subscribe("default", "", 1_000, sink);

        await().until(() -> sink.count() == 1);
        assertThat(sink.messages().get(0))
                .isInstanceOfSatisfying(SubscriptionMessage.Ended.class, ended -> assertThat(ended.code())
                        .isEqualTo(ErrorCode.FUTURE_REVISION));
        await().until(() -> keyspace.watchCount() == 0);
    }

    @Test
    void lostMajority_servesWhatTheNodeHas() {
        publish("default", "a", "v=1\n");
        keyspace.majorityLost(true);
        RecordingSink first = new RecordingSink();
        RecordingSink second = new RecordingSink();

        subscribe("default", "", 0, first);
        await().until(() -> first.count() == 1);
        subscribe("default", "", 0, second);

        await().until(() -> second.count() == 1);
        assertThat(second.config()).containsEntry("a", "default:v=1\n");
    }

    @Test
    @DisplayName("S2: a slow client gets the newest complete state instead of what it missed")
    void sinkWithoutRoom_getsOneCompleteStateWhenItResumes() {
        AtomicBoolean room = new AtomicBoolean(true);
        RecordingSink slow = new RecordingSink(room::get);
        RecordingSink fast = new RecordingSink();
        Subscriptions.Subscription running = subscribe("default", "", 0, slow);
        subscribe("default", "", 0, fast);
        await().until(() -> slow.count() == 1 && fast.count() == 1);
        room.set(false);
        for (int i = 0; i < 50; i++) publish("default", "a", "v=" + i + "\n");
        await().until(() -> fast.count() == 51);
        assertThat(slow.refusals()).isEqualTo(1);

        room.set(true);
        running.resume();

        await().until(() -> slow.count() == 2);
        assertThat(slow.update(1).complete()).isTrue();
        assertThat(slow.config()).isEqualTo(fast.config());
        publish("default", "a", "v=last\n");
        await().until(() -> slow.count() == 3);
        assertThat(slow.update(2).complete()).isFalse();
    }

    @Test
    void subscribersThatLookTheSameWay_shareTheVeryUpdateAndOneWatch() {
        List<RecordingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            RecordingSink sink = new RecordingSink();
            sinks.add(sink);
            subscribe("default", "", 0, sink);
        }
        await().until(() -> sinks.stream().allMatch(sink -> sink.count() == 1));

        publish("default", "a", "v=1\n");

        await().until(() -> sinks.stream().allMatch(sink -> sink.count() == 2));
        SubscriptionMessage shared = sinks.get(0).messages().get(1);
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.messages().get(1)).isSameAs(shared));
        assertThat(((SharedUpdate) shared).encoded()).isSameAs(((SharedUpdate) shared).encoded());
        assertThat(keyspace.watchCount()).isEqualTo(1);
    }

    @Test
    void lastSubscriberGone_endsTheWatchAndTheNextStartsAgain() {
        RecordingSink first = new RecordingSink();
        Subscriptions.Subscription running = subscribe("default", "", 0, first);
        await().until(() -> first.count() == 1);

        running.close();
        await().until(() -> keyspace.watchCount() == 0);
        publish("default", "a", "v=1\n");
        RecordingSink second = new RecordingSink();
        subscribe("default", "", 0, second);

        await().until(() -> second.config().containsKey("a"));
        assertThat(first.count()).isEqualTo(1);
        assertThat(subscriptions.applicationCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("1,000 publishes while 100 subscribers come, stall and resume: none misses the last state")
    void thousandPublishes_noSubscriberMissesTheLastState() {
        long seed = 5;
        Random random = new Random(seed);
        List<RecordingSink> sinks = new ArrayList<>();
        List<Subscriptions.Subscription> running = new ArrayList<>();
        List<AtomicBoolean> rooms = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String cluster = random.nextBoolean() ? "default" : "eu";
            publish(cluster, "f" + random.nextInt(3), "v=" + i + "\n");
            if (i % 10 == 0) {
                AtomicBoolean room = new AtomicBoolean(random.nextInt(3) > 0);
                RecordingSink sink = new RecordingSink(room::get);
                rooms.add(room);
                sinks.add(sink);
                running.add(subscribe(random.nextBoolean() ? "default" : "eu", "", 0, sink));
            }
            int one = random.nextInt(sinks.size());
            rooms.get(one).set(!rooms.get(one).get());
            running.get(one).resume();
        }
        rooms.forEach(room -> room.set(true));
        running.forEach(Subscriptions.Subscription::resume);
        RecordingSink plain = new RecordingSink();
        RecordingSink overlay = new RecordingSink();
        publish("default", "end", "v=1\n");
        subscribe("default", "", 0, plain);
        subscribe("eu", "", 0, overlay);
        await().until(() -> plain.count() > 0 && overlay.count() > 0);

        assertThat(sinks).hasSize(100);
        await().untilAsserted(() -> assertThat(sinks).as("seed %d", seed).allSatisfy(sink -> assertThat(sink.config())
                .isIn(plain.config(), overlay.config())));
        assertThat(plain.config()).hasSize(4);
    }

    private Subscriptions.Subscription subscribe(
            String cluster, String dataCentre, long resumeAfter, SubscriptionSink sink) {
        InstanceSpec spec = new InstanceSpec("i", "prod", "orders", cluster, dataCentre, "", Map.of());
        return subscriptions.subscribe(spec, Set.of(), resumeAfter, sink);
    }

    private void publish(String cluster, String file, String text) {
        files.publish(at(cluster, file), Bytes.utf8(text), Edit.by("ada", "")).join();
    }

    private static Coordinate at(String cluster, String file) {
        return new Coordinate("prod", "orders", cluster, file);
    }
}
