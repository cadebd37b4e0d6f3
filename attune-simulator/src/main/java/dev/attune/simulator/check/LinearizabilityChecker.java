package dev.attune.simulator.check;

import dev.attune.simulator.check.Violation.Kind;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Checker A: searches for an order of the calls that respects real time and explains every answer (Wing and Gong's
 * search with Lowe's memoisation). It believes values only, never a revision.
 *
 * <p>Keys that are never written by one transaction are independent, so each connected set of keys (at most
 * {@value #KEYS_MAX}) is judged alone; a read of many keys is judged for each set. Failed calls and reads without an
 * answer are dropped; writes without an answer may take effect at any time after they began, or never.
 */
public final class LinearizabilityChecker {
    /** Most keys that transactions may connect. */
    public static final int KEYS_MAX = 4;
    /** Steps of search for each connected set of keys. */
    public static final long STEPS_MAX = 20_000_000;

    private LinearizabilityChecker() {}

    /** Judges with the budget of {@link #STEPS_MAX}. */
    public static List<Violation> check(List<Call> calls) {
        return check(calls, STEPS_MAX);
    }

    /** Judges a run that began with none of its keys present; running out of {@code stepsMax} is a violation. */
    public static List<Violation> check(List<Call> calls, long stepsMax) {
        List<Violation> violations = new ArrayList<>();
        for (List<String> keys : connectedKeys(calls)) {
            if (keys.size() > KEYS_MAX) {
                violations.add(new Violation(
                        Kind.UNDECIDED,
                        "transactions connect " + keys.size() + " keys: " + keys + " (expected: <= 4)"));
                continue;
            }
            List<Call> own = callsOn(keys, calls);
            LinearizationSearch search = new LinearizationSearch(keys, own, stepsMax);
            switch (search.run()) {
                case LINEARIZABLE -> {}
                case OUT_OF_STEPS ->
                    violations.add(new Violation(Kind.UNDECIDED, keys + ": no answer within " + stepsMax + " steps"));
                case NOT_LINEARIZABLE ->
                    violations.add(new Violation(Kind.NOT_LINEARIZABLE, explain(keys, own, search.stuckAt())));
            }
        }
        return List.copyOf(violations);
    }

    private static List<List<String>> connectedKeys(List<Call> calls) {
        Map<String, String> parent = new LinkedHashMap<>();
        for (Call call : calls) {
            List<String> joined = new ArrayList<>();
            call.action().guards().forEach(guard -> joined.add(guard.key()));
            call.action().writes().forEach(write -> joined.add(write.key()));
            for (String key : joined) parent.put(root(parent, key), root(parent, joined.get(0)));
            for (String key : call.action().reads()) parent.putIfAbsent(key, key);
        }
        Map<String, List<String>> sets = new LinkedHashMap<>();
        for (String key : new TreeSet<>(parent.keySet()))
            sets.computeIfAbsent(root(parent, key), k -> new ArrayList<>()).add(key);
        return List.copyOf(sets.values());
    }

    private static String root(Map<String, String> parent, String key) {
        parent.putIfAbsent(key, key);
        String at = key;
        for (String next = parent.getOrDefault(at, at); !next.equals(at); next = parent.getOrDefault(at, at)) at = next;
        return at;
    }

    private static List<Call> callsOn(List<String> keys, List<Call> calls) {
        List<Call> own = new ArrayList<>();
        for (Call call : calls) {
            if (call.action().stale() || !worthJudging(call)) continue;
            if (touches(call, keys)) own.add(call);
        }
        own.sort(Comparator.comparingLong(Call::invokedAt));
        return own;
    }

    private static boolean worthJudging(Call call) {
        if (call.completion() instanceof Completion.Failed) return false;
        return call.completion() instanceof Completion.Ok || !call.action().isRead();
    }

    private static boolean touches(Call call, List<String> keys) {
        Action action = call.action();
        return action.guards().stream().anyMatch(guard -> keys.contains(guard.key()))
                || action.writes().stream().anyMatch(write -> keys.contains(write.key()))
                || action.reads().stream().anyMatch(keys::contains);
    }

    /** The shortest prefix of the history that no order explains: it ends with the answer the search never got past. */
    private static String explain(List<String> keys, List<Call> calls, Call stuck) {
        long end = stuck.completion().at();
        List<Call> prefix = new ArrayList<>();
        for (Call call : calls) if (call.invokedAt() <= end) prefix.add(call);
        StringBuilder text =
                new StringBuilder("no order explains ").append(keys).append(" up to this answer:\n  ");
        text.append(stuck).append("\nopen at that moment:\n");
        Map<Boolean, List<Call>> parts = new HashMap<>();
        for (Call call : prefix) {
            boolean open = call.completion().at() >= end;
            parts.computeIfAbsent(open, k -> new ArrayList<>()).add(call);
        }
        for (Call call : parts.getOrDefault(true, List.of()))
            if (!call.equals(stuck)) text.append("  ").append(call).append('\n');
        text.append("completed before, newest first (of ").append(prefix.size()).append("):\n");
        List<Call> before = new ArrayList<>(parts.getOrDefault(false, List.of()));
        before.sort(
                Comparator.comparingLong((Call call) -> call.completion().at()).reversed());
        before.stream().limit(20).forEach(call -> text.append("  ").append(call).append('\n'));
        return text.toString();
    }
}
