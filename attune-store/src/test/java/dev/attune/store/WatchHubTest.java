package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class WatchHubTest {
    private static final Bytes A = Bytes.utf8("a");

    private final Store store = Store.open(new InMemoryRevisionStore());
    private final WatchHub hub = new WatchHub(store);
    private long index;

    @Test
    @DisplayName("W1: live watchers see changes in order, and equal watchers share one message")
    void liveWatchers_shareOneMessage() {
        Sink one = new Sink(100);
        Sink two = new Sink(100);
        hub.open(WatchSpec.of(KeyRange.key(A), 0), one);
        hub.open(WatchSpec.of(KeyRange.key(A), 0), two);

        put("a", "1");
        put("b", "1");
        put("a", "2");
        drain();

        assertThat(one.texts()).containsExactly("2 a=1", "4 a=2");
        assertThat(two.messages.get(0)).isSameAs(one.messages.get(0));
    }

    @Test
    @DisplayName("W3, W5: a watch from the past sees history without a gap, then goes on")
    void watchFromThePast_seesHistoryThenNews() {
        for (int i = 0; i < 5_000; i++) put("a", "v" + i);
        Sink key = new Sink(100_000);
        Sink all = new Sink(100_000);
        hub.open(WatchSpec.of(KeyRange.key(A), 2), key);
        hub.open(WatchSpec.of(KeyRange.all(), 2), all);
        drain();
        put("a", "last");
        drain();

        assertThat(key.texts()).hasSize(5_001).endsWith("5002 a=last").isEqualTo(all.texts());
        assertThat(hub.behindCount()).isZero();
    }

    @Test
    @DisplayName("W11: a slow sink delays nobody and goes on from history")
    void slowSink_resumesFromHistory() {
        Sink slow = new Sink(2);
        Sink fast = new Sink(100);
        long id = hub.open(WatchSpec.of(KeyRange.all(), 0), slow);
        hub.open(WatchSpec.of(KeyRange.all(), 0), fast);
        for (int i = 0; i < 6; i++) put("a", "" + i);
        drain();
        assertThat(fast.messages).hasSize(6);
        assertThat(slow.messages).hasSize(2);

        slow.room = 100;
        drain();
        assertThat(slow.messages).hasSize(2);
        hub.resume(id);
        drain();

        assertThat(slow.texts()).isEqualTo(fast.texts());
    }

    @Test
    @DisplayName("W5: a compacted start is told, never skipped")
    void compactedStart_isCancelled() {
        for (int i = 0; i < 6; i++) put("a", "" + i);
        store.apply(++index, new Command.Compact(4));
        Sink before = new Sink(10);
        Sink at = new Sink(10);
        hub.open(WatchSpec.of(KeyRange.all(), 3), before);
        hub.open(WatchSpec.of(KeyRange.all(), 4), at);
        drain();

        assertThat(before.messages).singleElement().isInstanceOfSatisfying(WatchMessage.Cancelled.class, m -> {
            assertThat(m.code()).isEqualTo(ErrorCode.COMPACTED);
            assertThat(m.compactedRevision()).isEqualTo(4);
        });
        assertThat(at.texts()).first().isEqualTo("4 a=2");
        assertThat(hub.watcherCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("W8: a watch from the future sees nothing before its start")
    void futureStart_waits() {
        Sink sink = new Sink(10);
        hub.open(WatchSpec.of(KeyRange.all(), 4), sink);
        for (int i = 0; i < 4; i++) put("a", "" + i);
        drain();

        assertThat(sink.texts()).containsExactly("4 a=2", "5 a=3");
    }

    @Test
    @DisplayName("W6, W8: a watch from the future gets no mark below its start, so a resume cannot fall behind it")
    void futureStart_getsNoMarkBeforeIt() {
        Sink sink = new Sink(10);
        long id = hub.open(WatchSpec.of(KeyRange.key(A), 4), sink);

        hub.requestProgress(id);
        hub.progress();
        put("b", "1");
        drain();
        hub.progress();

        assertThat(sink.messages).isEmpty();

        put("b", "2");
        drain();

        assertThat(sink.messages).containsExactly(new WatchMessage.Progress(3));
    }

    @Test
    @DisplayName("W4: a split revision continues with the fragment that was refused")
    void refusedFragment_isTheNextOne() {
        Sink sink = new Sink(1);
        long id = hub.open(new WatchSpec(KeyRange.all(), 0, false, true, true, false, 1), sink);
        apply(new Operation.Txn(
                List.of(),
                List.of(
                        Operation.Put.of(A, A),
                        Operation.Put.of(Bytes.utf8("b"), A),
                        Operation.Put.of(Bytes.utf8("c"), A)),
                List.of()));
        drain();
        for (int i = 0; i < 3; i++) {
            sink.room = 1;
            hub.resume(id);
            drain();
        }

        assertThat(sink.texts()).containsExactly("2 a=a", "2 b=a", "2 c=a");
        assertThat(sink.messages.stream().map(m -> ((WatchEvents) m).last())).containsExactly(false, false, true);
    }

    @Test
    @DisplayName("W6: a progress mark never runs ahead of events")
    void progressMark_followsEvents() {
        put("a", "1");
        Sink sink = new Sink(10);
        long id = hub.open(WatchSpec.of(KeyRange.all(), 2), sink);
        hub.requestProgress(id);
        assertThat(sink.messages).isEmpty();
        drain();

        assertThat(sink.messages).hasSize(2);
        assertThat(sink.messages.get(1)).isEqualTo(new WatchMessage.Progress(2));
    }

    private void put(String key, String value) {
        apply(Operation.Put.of(Bytes.utf8(key), Bytes.utf8(value)));
    }

    private void apply(Operation operation) {
        store.apply(++index, new Command.Mutate(null, operation));
    }

    private void drain() {
        for (int i = 0; hub.advance(); i++) assertThat(i).isLessThan(10_000);
    }

    /** Takes as many messages as it has room for. */
    private static final class Sink implements WatchSink {
        private final List<WatchMessage> messages = new ArrayList<>();
        private int room;

        Sink(int room) {
            this.room = room;
        }

        @Override
        public boolean offer(WatchMessage message) {
            if (room == 0) return false;
            room--;
            messages.add(message);
            return true;
        }

        List<String> texts() {
            List<String> texts = new ArrayList<>();
            for (WatchMessage message : messages) {
                if (!(message instanceof WatchEvents events)) continue;
                for (Event event : events.events())
                    texts.add(events.revision() + " " + event.keyValue().key() + "="
                            + event.keyValue().value());
            }
            return texts;
        }
    }
}
