package dev.attune.simulator.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.check.SimulatedStore.Bug;
import dev.attune.simulator.check.Violation.Kind;
import dev.attune.simulator.history.WatchHistory;
import dev.attune.simulator.history.WatchHistory.Batch;
import dev.attune.simulator.history.WatchHistory.Delivery;
import dev.attune.simulator.history.WatchHistory.Progress;
import dev.attune.simulator.history.WatchHistory.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Checker C (W1-W9, W11): deliveries against the log")
class WatchCheckerTest {
    private final SimulatedStore store = SimulatedStore.run(11, 600, 6, Bug.NONE);
    private final long head = store.log.get(store.log.size() - 1).revision();

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "k1", "k3", "nothing"})
    void complete_watches_are_accepted_from_any_revision(String prefix) {
        List<WatchHistory> watches = new ArrayList<>();
        for (int from = 1; from < head + 50; from += 13) watches.add(store.watch(from, prefix, from));
        assertThat(WatchChecker.check(watches, store.log, head)).isEmpty();
    }

    @Test
    void w1_events_out_of_order_are_caught() {
        assertThat(broken(all -> {
                    Delivery moved = all.remove(batchIndex(all, 20));
                    all.add(batchIndex(all, 25), moved);
                }))
                .contains(Kind.WATCH_DISORDER);
    }

    @Test
    void w2_an_event_delivered_twice_is_caught() {
        assertThat(broken(all -> all.add(batchIndex(all, 20), all.get(batchIndex(all, 20)))))
                .containsExactly(Kind.WATCH_DUPLICATE);
    }

    @Test
    void w2_a_jump_back_in_time_after_a_reconnect_is_caught() {
        assertThat(broken(all -> all.addAll(new ArrayList<>(all.subList(batchIndex(all, 40), all.size())))))
                .contains(Kind.WATCH_DUPLICATE);
    }

    @Test
    void w3_a_missing_revision_is_caught() {
        assertThat(broken(all -> {
                    all.removeIf(Progress.class::isInstance);
                    all.remove(batchIndex(all, 20));
                }))
                .containsExactly(Kind.WATCH_GAP);
    }

    @Test
    void w3_a_missing_delete_is_caught() {
        assertThat(broken(all -> {
                    all.removeIf(Progress.class::isInstance);
                    all.removeIf(d -> d instanceof Batch b && b.events().get(0).value() == null);
                }))
                .contains(Kind.WATCH_GAP);
    }

    @Test
    void w3_a_missing_event_of_a_revision_is_caught() {
        assertThat(broken(all -> {
                    int at = doubleBatch(all);
                    Batch batch = (Batch) all.get(at);
                    all.set(at, new Batch(batch.revision(), batch.events().subList(0, 1)));
                }))
                .containsExactly(Kind.WATCH_GAP);
    }

    @Test
    void w4_a_revision_split_over_two_callbacks_is_caught() {
        assertThat(broken(all -> {
                    int at = doubleBatch(all);
                    Batch batch = (Batch) all.get(at);
                    all.set(at, new Batch(batch.revision(), batch.events().subList(0, 1)));
                    all.add(at + 1, new Batch(batch.revision(), batch.events().subList(1, 2)));
                }))
                .containsExactly(Kind.WATCH_SPLIT);
    }

    @Test
    void w5_a_gap_after_resuming_is_caught() {
        assertThat(broken(all -> {
                    all.removeIf(Progress.class::isInstance);
                    all.subList(10, 15).clear();
                }))
                .containsExactly(Kind.WATCH_GAP);
    }

    @Test
    void w6_a_progress_mark_before_its_events_is_caught() {
        assertThat(broken(all -> {
                    int at = batchIndex(all, 20);
                    all.add(at, new Progress(((Batch) all.get(at)).revision()));
                }))
                .contains(Kind.WATCH_PROGRESS);
    }

    @Test
    void w6_a_progress_mark_behind_what_was_delivered_is_caught() {
        assertThat(broken(all -> all.add(batchIndex(all, 40), new Progress(3)))).containsExactly(Kind.WATCH_PROGRESS);
    }

    @Test
    void w7_an_event_that_was_never_committed_is_caught() {
        assertThat(broken(all -> all.add(new Batch(head + 1, List.of(Seen.of("k1", "x", head + 1))))))
                .containsExactly(Kind.WATCH_UNCOMMITTED);
    }

    @Test
    void w8_events_before_a_future_start_are_caught() {
        WatchHistory all = store.watch(1, "", 1);
        WatchHistory future =
                new WatchHistory(1, "", head + 10, all.deliveries().subList(0, 5));
        assertThat(kinds(future)).contains(Kind.WATCH_OUTSIDE);
    }

    @Test
    void w8_an_event_outside_the_watched_keys_is_caught() {
        WatchHistory all = store.watch(1, "", 1);
        assertThat(kinds(new WatchHistory(1, "k1", 1, all.deliveries()))).contains(Kind.WATCH_OUTSIDE);
    }

    @Test
    void w9_a_wrong_value_is_caught() {
        assertThat(broken(all -> change(all, s -> new Seen(s.key(), "other", s.revision(), true, s.previous()))))
                .containsExactly(Kind.WATCH_WRONG);
    }

    @Test
    void w9_a_wrong_previous_value_is_caught() {
        assertThat(broken(all -> change(all, s -> new Seen(s.key(), s.value(), s.revision(), true, "other"))))
                .containsExactly(Kind.WATCH_WRONG);
    }

    @Test
    void w11_a_watcher_that_never_reaches_the_head_is_caught() {
        assertThat(broken(all -> all.subList(all.size() - 10, all.size()).clear()))
                .containsExactly(Kind.WATCH_BEHIND);
    }

    @Test
    void w11_a_watch_closed_by_compaction_need_not_reach_the_head() {
        assertThat(broken(all -> {
                    all.subList(all.size() - 10, all.size()).clear();
                    all.add(new WatchHistory.Closed("COMPACTED", 5));
                }))
                .isEmpty();
    }

    private interface Rewrite {
        Seen apply(Seen seen);
    }

    private static void change(List<Delivery> all, Rewrite rewrite) {
        int at = batchIndex(all, 20);
        Batch batch = (Batch) all.get(at);
        List<Seen> events = new ArrayList<>(batch.events());
        events.set(0, rewrite.apply(events.get(0)));
        all.set(at, new Batch(batch.revision(), events));
    }

    private static int batchIndex(List<Delivery> all, int from) {
        for (int i = from; i < all.size(); i++) if (all.get(i) instanceof Batch) return i;
        throw new IllegalStateException("no batch after " + from);
    }

    private static int doubleBatch(List<Delivery> all) {
        for (int i = 0; i < all.size(); i++)
            if (all.get(i) instanceof Batch batch && batch.events().size() == 2) return i;
        throw new IllegalStateException("no revision with two events");
    }

    private List<Kind> broken(Consumer<List<Delivery>> breakIt) {
        List<Delivery> deliveries = new ArrayList<>(store.watch(1, "k", 1).deliveries());
        breakIt.accept(deliveries);
        return kinds(new WatchHistory(1, "k", 1, deliveries));
    }

    private List<Kind> kinds(WatchHistory watch) {
        return WatchChecker.check(List.of(watch), store.log, head).stream()
                .map(Violation::kind)
                .distinct()
                .toList();
    }
}
