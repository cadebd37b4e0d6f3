package dev.attune.simulator.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.check.SimulatedStore.Bug;
import dev.attune.simulator.check.Violation.Kind;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import dev.attune.simulator.history.LogEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Checker B (G1, G2, G4, G5): revisions against a replay of the log and against real time")
class RevisionOrderCheckerTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void histories_of_a_correct_store_are_accepted(long seed) {
        SimulatedStore store = SimulatedStore.run(seed, 5_000, 16, Bug.NONE);
        assertThat(RevisionOrderChecker.check(store.calls, store.log))
                .as("seed %d", seed)
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "STALE_READ, TIME_TRAVEL",
        "STALE_READ_WITH_NEW_REVISION, WRONG_READ",
        "STALE_READ_AFTER_RECONNECT, SESSION_BACKWARDS",
        "LOST_WRITE, WRONG_WRITE",
        "WRITE_APPLIED_TWICE, DUPLICATE_EFFECT",
        "GUARD_IGNORED, WRONG_GUARD",
        "GUARD_FALSELY_FALSE, WRONG_GUARD",
        "FAILED_BUT_APPLIED, FAILED_BUT_APPLIED",
        "UNKNOWN_APPLIED_TWICE, DUPLICATE_EFFECT",
        "REVISION_REUSED, SHARED_REVISION",
        "REVISION_RUNS_BACK, TIME_TRAVEL",
        "TRANSACTION_TORN, WRONG_WRITE",
        "RANGE_MIXES_REVISIONS, WRONG_READ",
        "WRONG_MOD_REVISION, WRONG_READ",
        "DELETE_COMES_BACK, DUPLICATE_EFFECT",
        "VALUE_OF_ANOTHER_KEY, WRONG_READ",
        "DELETE_NOT_DONE, WRONG_WRITE"
    })
    void a_store_with_a_bug_is_caught(Bug bug, Kind kind) {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedStore store = SimulatedStore.run(seed, 2_000, 8, bug);
            assertThat(store.bugHappened).as("%s, seed %d", bug, seed).isTrue();
            Set<Kind> found = RevisionOrderChecker.check(store.calls, store.log).stream()
                    .map(Violation::kind)
                    .collect(Collectors.toSet());
            assertThat(found).as("%s, seed %d", bug, seed).contains(kind);
        }
    }

    @Test
    void an_acknowledged_write_missing_at_the_end_of_the_log_is_lost() {
        Call write = new Call(1, 1, Action.put("k", "a"), 0, changed(5, 1));
        assertThat(kinds(List.of(write), List.of())).containsExactly(Kind.LOST_WRITE);
    }

    @Test
    void a_change_without_a_call_is_a_phantom() {
        assertThat(kinds(List.of(), List.of(entry(1, "k", "x")))).containsExactly(Kind.PHANTOM_WRITE);
    }

    @Test
    void a_log_out_of_order_is_reported() {
        SimulatedStore store = SimulatedStore.run(3, 200, 4, Bug.NONE);
        List<LogEntry> swapped = new ArrayList<>(store.log);
        Collections.swap(swapped, 10, 11);
        assertThat(kinds(store.calls, swapped)).contains(Kind.LOG_DISORDER);
    }

    @Test
    void an_unanswered_write_that_took_effect_before_it_was_called_is_time_travel() {
        Call read = new Call(1, 1, Action.get("k"), 10, new Completion.Ok(20, 1, true, false, seen("a", 1)));
        Call write = new Call(2, 1, Action.put("k", "a"), 30, new Completion.Unknown("?"));
        assertThat(kinds(List.of(read, write), List.of(entry(1, "k", "a")))).containsExactly(Kind.TIME_TRAVEL);
    }

    @Test
    void an_unanswered_guarded_write_applied_although_its_guard_is_false_is_reported() {
        Call first = new Call(1, 1, Action.put("k", "a"), 0, changed(5, 1));
        Call second = new Call(2, 1, Action.compareAndSet("k", "z", "b"), 0, new Completion.Unknown("?"));
        assertThat(kinds(List.of(first, second), List.of(entry(1, "k", "a"), entry(2, "k", "b"))))
                .containsExactly(Kind.WRONG_GUARD);
    }

    @Test
    void a_stale_read_may_be_old_but_never_wrong() {
        Call first = new Call(1, 1, Action.put("k", "a"), 0, changed(5, 1));
        Call second = new Call(1, 2, Action.put("k", "b"), 6, changed(9, 2));
        Call old = new Call(2, 1, Action.staleGet("k"), 10, new Completion.Ok(11, 1, true, false, seen("a", 1)));
        Call wrong = new Call(2, 1, Action.staleGet("k"), 10, new Completion.Ok(11, 2, true, false, seen("a", 1)));
        List<LogEntry> log = List.of(entry(1, "k", "a"), entry(2, "k", "b"));
        assertThat(kinds(List.of(first, second, old), log)).isEmpty();
        assertThat(kinds(List.of(first, second, wrong), log)).containsExactly(Kind.WRONG_READ);
    }

    private static List<Kind> kinds(List<Call> calls, List<LogEntry> log) {
        return RevisionOrderChecker.check(calls, log).stream()
                .map(Violation::kind)
                .toList();
    }

    private static Completion changed(long at, long revision) {
        return new Completion.Ok(at, revision, true, true, Map.of());
    }

    private static Map<String, Observed> seen(String value, long revision) {
        return Map.of("k", new Observed(value, revision));
    }

    private static LogEntry entry(long revision, String key, String value) {
        return new LogEntry(revision, List.of(new LogEntry.Change(key, value)));
    }
}
