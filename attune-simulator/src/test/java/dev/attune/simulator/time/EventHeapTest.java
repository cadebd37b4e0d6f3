package dev.attune.simulator.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.chance.Chance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventHeapTest {
    private final EventHeap heap = new EventHeap();
    private final List<String> ran = new ArrayList<>();

    @Test
    void events_run_by_time_and_then_in_the_order_they_were_scheduled() {
        heap.after(20, () -> ran.add("c"));
        heap.after(10, () -> ran.add("a"));
        heap.after(10, () -> ran.add("b"));
        runUntil(100);
        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(heap.now()).isEqualTo(20);
    }

    @Test
    void an_event_beyond_the_limit_waits() {
        heap.after(50, () -> ran.add("late"));
        runUntil(49);
        assertThat(ran).isEmpty();
        runUntil(50);
        assertThat(ran).containsExactly("late");
    }

    @Test
    void many_events_come_in_order() {
        Chance chance = new Chance(7);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) heap.after(chance.between(0, 900), () -> times.add(heap.now()));
        runUntil(1_000);
        assertThat(times).hasSize(5_000).isSorted();
    }

    @Test
    void chance_draws_the_same_from_the_same_seed_on_every_machine() {
        Chance chance = new Chance(42);
        assertThat(List.of(chance.next(), chance.next())).containsExactly(-4767286540954276203L, 2949826092126892291L);
    }

    private void runUntil(long until) {
        while (heap.step(until)) {
            // Until nothing is left.
        }
    }
}
