package dev.attune.simulator.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.check.SimulatedStore.Bug;
import dev.attune.simulator.check.Violation.Kind;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Checker A (G1): the per-key search for an order")
class LinearizabilityCheckerTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void histories_of_a_correct_store_are_accepted(long seed) {
        SimulatedStore store = SimulatedStore.run(seed, 3_000, 12, Bug.NONE);
        assertThat(LinearizabilityChecker.check(store.calls))
                .as("seed %d", seed)
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Bug.class,
            names = {
                "STALE_READ",
                "STALE_READ_WITH_NEW_REVISION",
                "STALE_READ_AFTER_RECONNECT",
                "LOST_WRITE",
                "FAILED_BUT_APPLIED",
                "TRANSACTION_TORN",
                "DELETE_COMES_BACK",
                "VALUE_OF_ANOTHER_KEY",
                "DELETE_NOT_DONE"
            })
    void a_store_with_a_bug_that_shows_in_values_is_caught(Bug bug) {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedStore store = SimulatedStore.run(seed, 2_000, 4, bug);
            assertThat(store.bugHappened).as("%s, seed %d", bug, seed).isTrue();
            assertThat(LinearizabilityChecker.check(store.calls))
                    .as("%s, seed %d", bug, seed)
                    .extracting(Violation::kind)
                    .contains(Kind.NOT_LINEARIZABLE);
        }
    }

    @Test
    void an_unanswered_write_may_take_effect_late_or_never() {
        Call lost = new Call(1, 1, Action.put("k", "a"), 0, new Completion.Unknown("?"));
        assertThat(LinearizabilityChecker.check(List.of(lost, read(2, 10, 20, null), read(2, 30, 40, "a"))))
                .isEmpty();
        assertThat(LinearizabilityChecker.check(List.of(lost, read(2, 10, 20, "a"), read(2, 30, 40, null))))
                .hasSize(1);
    }

    @Test
    void reads_that_overlap_a_write_may_see_either_but_not_new_then_old() {
        Call write = put(1, 0, 100, "a");
        assertThat(LinearizabilityChecker.check(List.of(write, read(2, 10, 20, null), read(2, 30, 40, "a"))))
                .isEmpty();
        List<Violation> violations =
                LinearizabilityChecker.check(List.of(write, read(2, 10, 20, "a"), read(2, 30, 40, null)));
        assertThat(violations).extracting(Violation::kind).containsExactly(Kind.NOT_LINEARIZABLE);
        assertThat(violations.get(0).detail()).contains("p2/30").contains("p1/0");
    }

    @Test
    void the_reported_prefix_ends_with_the_first_answer_that_cannot_be_explained() {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) calls.add(put(1, i * 10L, i * 10L + 5, "v" + i));
        calls.add(read(2, 246, 248, "v3"));
        List<Violation> violations = LinearizabilityChecker.check(calls);
        assertThat(violations).hasSize(1);
        assertThat(violations.get(0).detail()).contains("v3").contains("v24").doesNotContain("v25");
    }

    @Test
    void running_out_of_steps_counts_as_a_failure() {
        SimulatedStore store = SimulatedStore.run(7, 500, 8, Bug.NONE);
        assertThat(LinearizabilityChecker.check(store.calls, 10))
                .extracting(Violation::kind)
                .contains(Kind.UNDECIDED);
    }

    @Test
    void transactions_that_connect_more_keys_than_can_be_judged_count_as_a_failure() {
        List<Action.Write> writes = new ArrayList<>();
        for (int i = 0; i < 5; i++) writes.add(new Action.Write("k" + i, "v" + i));
        Call wide = new Call(1, 1, Action.transaction(List.of(), writes), 0, ok(5, Map.of()));
        assertThat(LinearizabilityChecker.check(List.of(wide)))
                .extracting(Violation::kind)
                .containsExactly(Kind.UNDECIDED);
    }

    @Test
    void two_compare_and_sets_from_one_value_cannot_both_win() {
        Action first = Action.compareAndSet("k", null, "a");
        Action second = Action.compareAndSet("k", null, "b");
        List<Call> calls =
                List.of(new Call(1, 1, first, 0, ok(10, Map.of())), new Call(2, 1, second, 0, ok(10, Map.of())));
        assertThat(LinearizabilityChecker.check(calls)).hasSize(1);
    }

    @Test
    void a_guard_judged_false_although_it_held_all_along_is_caught() {
        Call refused = new Call(
                2, 1, Action.compareAndSet("k", "a", "b"), 20, new Completion.Ok(30, 0, false, false, Map.of()));
        assertThat(LinearizabilityChecker.check(List.of(put(1, 0, 10, "a"), refused)))
                .hasSize(1);
    }

    private static Call put(int process, long begin, long end, String value) {
        return new Call(process, begin, Action.put("k", value), begin, ok(end, Map.of()));
    }

    private static Call read(int process, long begin, long end, @Nullable String value) {
        return new Call(process, begin, Action.get("k"), begin, ok(end, Map.of("k", new Observed(value, 0))));
    }

    private static Completion ok(long end, Map<String, Observed> seen) {
        return new Completion.Ok(end, 0, true, false, seen);
    }
}
