package dev.attune.simulator.check;

import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One search over the calls on one connected set of keys.
 *
 * <p>The events are a doubly linked list by time. The search walks from its head: at a beginning it tries to let the
 * call happen there, which lifts the call out of the list; at the end of a call that has not happened it must go back.
 * A pair (set of calls that happened, state) is entered once. Sets are remembered by a 128-bit fingerprint, so that
 * memory does not grow with the length of the history.
 */
final class LinearizationSearch {
    /** How a search ends. */
    enum Result {
        LINEARIZABLE,
        NOT_LINEARIZABLE,
        OUT_OF_STEPS
    }

    private final List<String> keys;
    private final long stepsMax;
    private final Map<String, Integer> valueIds = new HashMap<>();
    private final Node head = new Node(null, null, 0);
    private int completedLeft;
    private @Nullable Node furthest;

    LinearizationSearch(List<String> keys, List<Call> calls, long stepsMax) {
        this.keys = keys;
        this.stepsMax = stepsMax;
        SplittableRandom fingerprints = new SplittableRandom(42);
        List<Node> events = new ArrayList<>();
        for (Call call : calls) {
            Step step = step(call, fingerprints.nextLong(), fingerprints.nextLong());
            Node begin = new Node(call, step, call.invokedAt());
            events.add(begin);
            Node end = new Node(call, null, call.completion().at());
            begin.end = end;
            events.add(end);
            if (call.completion() instanceof Completion.Ok) completedLeft++;
        }
        // A beginning sorts before an end of the same instant: calls that touch are concurrent.
        events.sort(Comparator.comparingLong((Node node) -> node.time).thenComparing(node -> node.step == null));
        Node at = head;
        for (Node node : events) {
            node.previous = at;
            at.next = node;
            at = node;
        }
    }

    /** The answer that no order got past; only after {@link Result#NOT_LINEARIZABLE}. */
    Call stuckAt() {
        Node node = furthest;
        if (node == null || node.call == null) throw new IllegalStateException("the search was not stuck");
        return node.call;
    }

    Result run() {
        Deque<Taken> taken = new ArrayDeque<>();
        Set<Visited> visited = new HashSet<>();
        State state = new State(0, 0);
        long first = 0;
        long second = 0;
        long steps = 0;
        Node at = head.next;
        while (completedLeft > 0) {
            if (++steps > stepsMax) return Result.OUT_OF_STEPS;
            if (at == null) throw new IllegalStateException("events ended before every answer was explained");
            if (at.step != null) {
                State after = at.step.apply(state);
                if (after != null && visited.add(new Visited(first ^ at.step.first, second ^ at.step.second, after))) {
                    taken.push(new Taken(at, state));
                    first ^= at.step.first;
                    second ^= at.step.second;
                    state = after;
                    lift(at);
                    at = head.next;
                } else {
                    at = at.next;
                }
                continue;
            }
            if (at.time == Long.MAX_VALUE) throw new IllegalStateException("an open call blocked the search");
            if (furthest == null || at.time > furthest.time) furthest = at;
            if (taken.isEmpty()) return Result.NOT_LINEARIZABLE;
            Taken undone = taken.pop();
            Step step = undone.node.stepOrThrow();
            first ^= step.first;
            second ^= step.second;
            state = undone.before;
            unlift(undone.node);
            at = undone.node.next;
        }
        return Result.LINEARIZABLE;
    }

    private void lift(Node begin) {
        begin.unlink();
        begin.endOrThrow().unlink();
        if (begin.completed()) completedLeft--;
    }

    private void unlift(Node begin) {
        begin.endOrThrow().link();
        begin.link();
        if (begin.completed()) completedLeft++;
    }

    private Step step(Call call, long first, long second) {
        List<int[]> guards = new ArrayList<>();
        List<int[]> writes = new ArrayList<>();
        List<int[]> reads = new ArrayList<>();
        for (Action.Guard guard : call.action().guards()) add(guards, guard.key(), guard.expected());
        for (Action.Write write : call.action().writes()) add(writes, write.key(), write.value());
        int outcome = -1;
        if (call.completion() instanceof Completion.Ok ok) {
            outcome = ok.succeeded() ? 1 : 0;
            ok.observed().forEach((key, seen) -> add(reads, key, seen.value()));
        }
        return new Step(guards, writes, reads, outcome, first, second);
    }

    private void add(List<int[]> list, String key, @Nullable String value) {
        int index = keys.indexOf(key);
        if (index < 0) return;
        list.add(new int[] {index, value == null ? 0 : valueIds.computeIfAbsent(value, v -> valueIds.size() + 1)});
    }

    /** Four 32-bit value ids; 0 is absent. */
    private record State(long low, long high) {
        int get(int index) {
            return (int) ((index < 2 ? low : high) >>> (32 * (index & 1)));
        }

        State with(int index, int value) {
            int shift = 32 * (index & 1);
            long mask = 0xffff_ffffL << shift;
            long bits = (long) value << shift;
            return index < 2 ? new State((low & ~mask) | bits, high) : new State(low, (high & ~mask) | bits);
        }
    }

    private record Visited(long first, long second, State state) {}

    private record Taken(Node node, State before) {}

    /** What a call does to the state; null when its answer contradicts the state. */
    private record Step(
            List<int[]> guards, List<int[]> writes, List<int[]> reads, int outcome, long first, long second) {
        @Nullable State apply(State before) {
            for (int[] read : reads) if (before.get(read[0]) != read[1]) return null;
            boolean holds = true;
            for (int[] guard : guards) holds &= before.get(guard[0]) == guard[1];
            if (outcome >= 0 && holds != (outcome == 1)) return null;
            State after = before;
            if (holds) for (int[] write : writes) after = after.with(write[0], write[1]);
            return after;
        }
    }

    /** The beginning (with a step) or the end of a call. */
    private static final class Node {
        final @Nullable Call call;
        final @Nullable Step step;
        final long time;

        @Nullable Node end;

        @Nullable Node previous;

        @Nullable Node next;

        Node(@Nullable Call call, @Nullable Step step, long time) {
            this.call = call;
            this.step = step;
            this.time = time;
        }

        boolean completed() {
            return call != null && call.completion() instanceof Completion.Ok;
        }

        Node endOrThrow() {
            if (end == null) throw new IllegalStateException("not a beginning");
            return end;
        }

        Step stepOrThrow() {
            if (step == null) throw new IllegalStateException("not a beginning");
            return step;
        }

        void unlink() {
            if (previous != null) previous.next = next;
            if (next != null) next.previous = previous;
        }

        void link() {
            if (previous != null) previous.next = this;
            if (next != null) next.previous = this;
        }
    }
}
