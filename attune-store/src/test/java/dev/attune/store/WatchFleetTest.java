package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many watchers at once; sizes at which work per watcher and change instead of per change would not end in time. */
final class WatchFleetTest {
    private static final int WATCHERS = 10_000;

    private final Store store = Store.open(new InMemoryRevisionStore());
    private final WatchHub hub = new WatchHub(store);
    private final Set<WatchMessage> distinct = new HashSet<>();
    private long index;
    private long delivered;

    @Test
    @DisplayName("W1: 10,000 watchers of one key share one message per change, live and after they return together")
    void watchersOfOneKey_shareMessages() {
        for (int i = 0; i < WATCHERS; i++) open(KeyRange.key(key(1)), 0);
        for (int i = 0; i < 20; i++) put(1);
        drain();
        assertThat(delivered).isEqualTo(20L * WATCHERS);
        assertThat(distinct).hasSize(20);

        for (int i = 0; i < WATCHERS; i++) open(KeyRange.prefix(key(1)), 2);
        drain();
        assertThat(delivered).isEqualTo(40L * WATCHERS);
        // The history is made once per step, and a step serves thousands of deliveries.
        assertThat(distinct.size()).isLessThan(20 + 20 * 60);
    }

    @Test
    void watchersOfDifferentKeysAndRanges_costOnlyTheOnesConcerned() {
        for (int i = 0; i < WATCHERS; i++) open(KeyRange.key(key(i)), 0);
        for (int i = 0; i < WATCHERS; i++) open(KeyRange.prefix(key(i)), 0);
        for (int i = 0; i < 20_000; i++) put(i % WATCHERS);
        drain();

        assertThat(delivered).isEqualTo(2L * 20_000);
        for (long id = 1; id <= 2L * WATCHERS; id++) hub.cancel(id);
        put(1);
        drain();
        assertThat(delivered).isEqualTo(2L * 20_000);
        assertThat(hub.watcherCount()).isZero();
    }

    private void open(KeyRange range, long start) {
        hub.open(WatchSpec.of(range, start), message -> {
            delivered++;
            distinct.add(message);
            return true;
        });
    }

    private void put(int number) {
        store.apply(++index, new Command.Mutate(null, Operation.Put.of(key(number), key(number))));
    }

    private void drain() {
        for (int i = 0; hub.advance(); i++) assertThat(i).isLessThan(100_000);
    }

    private static Bytes key(int number) {
        return Bytes.utf8(String.format("key-%06d", number));
    }
}
