package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Event;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/** Watches under random commands, compactions, slow sinks and late starts see what the model says. */
final class WatchModelTest {
    @Property(tries = 100)
    @Label("W1-W6, W8, W9, W11: each watcher sees exactly its events, or is told that they were compacted")
    void randomWatchers_seeExactlyTheirEvents(@ForAll long seed) {
        RandomCommands random = new RandomCommands(seed);
        NaiveModel model = new NaiveModel();
        long recentBytesMax = random.below(2) == 0 ? 2_000 : 1 << 20;
        Store store = Store.open(new InMemoryRevisionStore(), new StoreOptions(recentBytesMax, 1000, 1 << 20));
        WatchHub hub = new WatchHub(store);
        List<Watched> all = new ArrayList<>();
        for (int i = 1; i <= 250; i++) {
            Command command = random.command(model.revision);
            model.apply(command);
            store.apply(i, command);
            if (random.below(6) == 0) all.add(new Watched(random, model, hub));
            if (random.below(3) == 0) hub.advance();
            if (random.below(10) == 0) hub.progress();
            for (Watched each : all) each.act(random);
        }
        for (int i = 0; i < 2_000 && (hub.advance() || hub.behindCount() > 0); i++)
            for (Watched each : all) each.drain();

        assertThat(hub.behindCount()).as("W11").isZero();
        for (Watched each : all) each.verify(model);
    }

    /** A watcher with a small sink, and what it got. */
    private static final class Watched {
        private final WatchHub hub;
        private final WatchSpec spec;
        private final long start;
        private final long id;
        private final List<WatchMessage> got = new ArrayList<>();
        private int room;
        private boolean refused;

        Watched(RandomCommands random, NaiveModel model, WatchHub hub) {
            this.hub = hub;
            long from = random.below(3) == 0 ? 0 : Math.max(0, model.revision + 6 - random.below(25));
            boolean puts = random.below(5) > 0;
            spec = new WatchSpec(
                    random.range(),
                    from,
                    random.below(2) == 0,
                    puts,
                    !puts || random.below(4) > 0,
                    random.below(2) == 0,
                    random.below(3) == 0 ? 1 + random.below(150) : 0);
            start = from == 0 ? model.revision + 1 : from;
            room = random.below(20);
            id = hub.open(spec, this::offer);
        }

        private boolean offer(WatchMessage message) {
            if (room == 0) {
                refused = true;
                return false;
            }
            room--;
            got.add(message);
            return true;
        }

        void act(RandomCommands random) {
            if (random.below(40) == 0) hub.requestProgress(id);
            if (!refused || random.below(6) > 0) return;
            room += random.below(8);
            refused = false;
            hub.resume(id);
        }

        void drain() {
            room = Integer.MAX_VALUE;
            if (!refused) return;
            refused = false;
            hub.resume(id);
        }

        void verify(NaiveModel model) {
            List<Event> expected = model.events.stream()
                    .filter(e -> e.revision() >= start
                            && spec.range().contains(e.keyValue().key())
                            && (e.isDelete() ? spec.deletes() : spec.puts()))
                    .toList();
            List<Event> seen = new ArrayList<>();
            long open = 0;
            long marked = 0;
            boolean cancelled = false;
            for (WatchMessage message : got) {
                assertThat(cancelled).as("nothing after the end").isFalse();
                if (message instanceof WatchEvents events) {
                    if (open != 0) assertThat(events.revision()).as("W4").isEqualTo(open);
                    assertThat(events.revision()).as("W6").isGreaterThan(marked);
                    assertThat(events.events()).isNotEmpty();
                    open = events.last() ? 0 : events.revision();
                    if (spec.fragmentBytesMax() == 0) assertThat(events.last()).isTrue();
                    seen.addAll(events.events());
                } else if (message instanceof WatchMessage.Progress progress) {
                    assertThat(open).as("W4: no mark inside a revision").isZero();
                    assertThat(progress.revision()).as("W6").isGreaterThanOrEqualTo(marked);
                    marked = progress.revision();
                    long due = marked;
                    assertThat((long) seen.size())
                            .as("W6: everything up to %d", due)
                            .isEqualTo(expected.stream()
                                    .filter(e -> e.revision() <= due)
                                    .count());
                } else if (message instanceof WatchMessage.Cancelled end) {
                    assertThat(end.code()).isEqualTo(ErrorCode.COMPACTED);
                    cancelled = true;
                }
            }
            if (cancelled) {
                long next = seen.isEmpty() ? start : seen.get(seen.size() - 1).revision();
                assertThat(next).isLessThan(model.compacted);
            } else {
                assertThat(seen).as("W3").hasSameSizeAs(expected);
            }
            for (int i = 0; i < seen.size(); i++) verify(seen.get(i), expected.get(i), model);
        }

        private void verify(Event actual, Event expected, NaiveModel model) {
            assertThat(actual.keyValue()).as("W1, W2, W9").isEqualTo(expected.keyValue());
            boolean gone = actual.revision() - 1 < model.compacted;
            if (!spec.previous()) assertThat(actual.previous()).isNull();
            else if (actual.previous() != null || !gone)
                assertThat(actual.previous()).as("W9").isEqualTo(expected.previous());
        }
    }
}
