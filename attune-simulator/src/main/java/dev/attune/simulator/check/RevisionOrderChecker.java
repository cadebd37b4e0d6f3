package dev.attune.simulator.check;

import dev.attune.simulator.check.Violation.Kind;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import dev.attune.simulator.history.LogEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checker B: takes the store's own claim of an order, its revisions, and looks for anything that contradicts it:
 * answers that differ from a replay of the exported log, effects without a call or calls with a wrong number of
 * effects, and revisions that run against real time. Linear but for sorting; covers calls over any number of keys.
 */
public final class RevisionOrderChecker {
    private final List<Call> calls;
    private final Map<Long, LogEntry> log = new TreeMap<>();
    private final Timeline timeline;
    private final Map<Long, Call> claimed = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private RevisionOrderChecker(List<Call> calls, List<LogEntry> entries) {
        this.calls = calls;
        this.timeline = new Timeline(entries);
        long before = 0;
        for (LogEntry entry : entries) {
            if (entry.revision() <= before)
                report(Kind.LOG_DISORDER, "revision " + entry.revision() + " follows " + before);
            before = entry.revision();
            log.put(entry.revision(), entry);
        }
    }

    /**
     * Judges a run that began with none of its keys present.
     *
     * @param entries every committed change of the run's keys, ascending
     */
    public static List<Violation> check(List<Call> calls, List<LogEntry> entries) {
        RevisionOrderChecker checker = new RevisionOrderChecker(calls, entries);
        checker.checkAnswers();
        checker.checkEffects();
        checker.checkRealTime();
        checker.checkSessions();
        return List.copyOf(checker.violations);
    }

    private void checkAnswers() {
        for (Call call : calls) {
            if (!(call.completion() instanceof Completion.Ok ok)) continue;
            if (ok.changed()) checkChange(call, ok);
            long before = ok.changed() ? ok.revision() - 1 : ok.revision();
            checkObserved(call, ok, before);
            if (guardsHold(call.action(), before) != ok.succeeded())
                report(Kind.WRONG_GUARD, "guards are " + !ok.succeeded() + " at " + before + ": " + call);
        }
    }

    private void checkChange(Call call, Completion.Ok ok) {
        LogEntry entry = log.get(ok.revision());
        if (entry == null) {
            report(Kind.LOST_WRITE, "nothing in the log at " + ok.revision() + ": " + call);
            return;
        }
        if (!matches(call.action(), entry)) report(Kind.WRONG_WRITE, "the log has " + entry + ": " + call);
        Call other = claimed.putIfAbsent(ok.revision(), call);
        if (other != null) report(Kind.SHARED_REVISION, other + " and " + call);
    }

    private void checkObserved(Call call, Completion.Ok ok, long at) {
        ok.observed().forEach((key, seen) -> {
            Observed expected = timeline.at(key, at);
            boolean sameRevision = seen.modRevision() == 0 || seen.modRevision() == expected.modRevision();
            if (!Objects.equals(seen.value(), expected.value()) || !sameRevision)
                report(Kind.WRONG_READ, key + " is " + expected + " at " + at + ": " + call);
        });
    }

    private void checkEffects() {
        Map<String, Call> byValue = new HashMap<>();
        Map<String, List<Call>> openDeletes = new HashMap<>();
        for (Call call : calls) {
            for (Action.Write write : call.action().writes()) {
                if (write.value() != null) byValue.put(write.value(), call);
                else if (call.completion() instanceof Completion.Unknown)
                    openDeletes
                            .computeIfAbsent(write.key(), k -> new ArrayList<>())
                            .add(call);
            }
        }
        openDeletes.values().forEach(list -> list.sort(Comparator.comparingLong(Call::invokedAt)));
        Set<Call> used = new HashSet<>(claimed.values());
        for (LogEntry entry : log.values()) {
            if (claimed.containsKey(entry.revision())) continue;
            Call maker = makerOf(entry, byValue, openDeletes, used);
            if (maker == null) report(Kind.PHANTOM_WRITE, "no call made " + entry);
            else checkUnclaimed(entry, maker, used);
        }
    }

    private @Nullable Call makerOf(
            LogEntry entry, Map<String, Call> byValue, Map<String, List<Call>> openDeletes, Set<Call> used) {
        for (LogEntry.Change change : entry.changes()) {
            if (change.value() != null) return byValue.get(change.value());
        }
        // Deletes carry no value that names their call: the first that fits, or else the first at all.
        @Nullable Call first = null;
        for (LogEntry.Change change : entry.changes()) {
            for (Call call : openDeletes.getOrDefault(change.key(), List.of())) {
                if (used.contains(call)) continue;
                if (matches(call.action(), entry) && guardsHold(call.action(), entry.revision() - 1)) return call;
                if (first == null) first = call;
            }
        }
        return first;
    }

    private void checkUnclaimed(LogEntry entry, Call maker, Set<Call> used) {
        if (maker.completion() instanceof Completion.Failed) {
            report(Kind.FAILED_BUT_APPLIED, entry + " by " + maker);
        } else if (maker.completion() instanceof Completion.Ok ok && !ok.changed()) {
            report(Kind.FAILED_BUT_APPLIED, entry + " by a call told that it changed nothing: " + maker);
        } else if (!used.add(maker)) {
            report(Kind.DUPLICATE_EFFECT, entry + " once more by " + maker);
        } else {
            claimed.put(entry.revision(), maker);
            if (!matches(maker.action(), entry)) report(Kind.WRONG_WRITE, "the log has " + entry + ": " + maker);
            if (!guardsHold(maker.action(), entry.revision() - 1))
                report(Kind.WRONG_GUARD, "applied at " + entry.revision() + " although a guard is false: " + maker);
        }
    }

    /** Whether the entry is exactly the action's writes, but for deletes of keys that were absent. */
    private boolean matches(Action action, LogEntry entry) {
        Set<LogEntry.Change> expected = new HashSet<>();
        for (Action.Write write : action.writes()) {
            boolean nothing = write.value() == null
                    && timeline.at(write.key(), entry.revision() - 1).value() == null;
            if (!nothing) expected.add(new LogEntry.Change(write.key(), write.value()));
        }
        return expected.equals(new HashSet<>(entry.changes()))
                && expected.size() == entry.changes().size();
    }

    private boolean guardsHold(Action action, long at) {
        for (Action.Guard guard : action.guards()) {
            if (!Objects.equals(timeline.at(guard.key(), at).value(), guard.expected())) return false;
        }
        return true;
    }

    /** Whoever begins after another call's end must not be ordered before it, and a change comes strictly after. */
    private void checkRealTime() {
        List<Placed> placed = new ArrayList<>();
        for (Call call : calls) {
            if (call.completion() instanceof Completion.Ok ok && !call.action().stale())
                placed.add(new Placed(call, ok.revision(), ok.changed()));
        }
        claimed.forEach((revision, call) -> {
            if (call.completion() instanceof Completion.Unknown) placed.add(new Placed(call, revision, true));
        });
        List<Placed> byEnd = new ArrayList<>(placed);
        byEnd.sort(Comparator.comparingLong(p -> p.call().completion().at()));
        placed.sort(Comparator.comparingLong(p -> p.call().invokedAt()));
        int ended = 0;
        @Nullable Placed newest = null;
        for (Placed now : placed) {
            while (byEnd.get(ended).call().completion().at() < now.call().invokedAt()) {
                Placed done = byEnd.get(ended++);
                if (newest == null || done.revision() > newest.revision()) newest = done;
            }
            if (newest == null) continue;
            boolean early = now.changed() ? now.revision() <= newest.revision() : now.revision() < newest.revision();
            if (early)
                report(Kind.TIME_TRAVEL, now.call() + " is at " + now.revision() + " but began after " + newest.call());
        }
    }

    private void checkSessions() {
        Map<Integer, Long> last = new HashMap<>();
        calls.stream().sorted(Comparator.comparingLong(Call::index)).forEach(call -> {
            if (!(call.completion() instanceof Completion.Ok ok)) return;
            long before = last.getOrDefault(call.process(), 0L);
            if (ok.revision() < before) report(Kind.SESSION_BACKWARDS, "was at " + before + ": " + call);
            last.put(call.process(), ok.revision());
        });
    }

    private void report(Kind kind, String detail) {
        violations.add(new Violation(kind, detail));
    }

    private record Placed(Call call, long revision, boolean changed) {}
}
