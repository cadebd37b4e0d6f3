package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.rollout.Answer;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.reach.RolloutMarker;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Store;
import dev.attune.store.StoreOptions;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchHub;
import dev.attune.store.WatchSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checker E: holds what is committed, what instances say and what they put in force against each other, at every step.
 * It reads the log by a store of its own, so that no server's view can mislead it.
 */
final class Judge {
    private final Reach reach;
    private final Store store;
    private final WatchHub hub;
    private final ArrayDeque<WatchEvents> fresh = new ArrayDeque<>();
    private final Board board = new Board();
    private final Ends ends;
    private final List<Instance> fleet;
    private final Map<Coordinate, Set<Long>> decided = new TreeMap<>(Coordinates.ORDER);
    private final Map<InstanceRef, Set<String>> decidedForCohort = new HashMap<>();
    private final Set<Said> said = new HashSet<>();
    private final Set<Instance> diskLost = new HashSet<>();
    private final Map<Long, Integer> lastMover = new HashMap<>();
    private Consumer<RolloutRecord> moves = record -> {};
    private long index;

    private record Said(InstanceRef instance, long rollout, long step, Answer.Kind kind) {}

    Judge(StoreOptions options, Reach reach, List<Instance> fleet) {
        this.reach = reach;
        this.fleet = fleet;
        ends = new Ends(board, reach, fleet, diskLost);
        store = Store.open(new InMemoryRevisionStore(), options);
        hub = new WatchHub(store);
        hub.open(new WatchSpec(KeyRange.all(), 1, false, true, true, false, 0), message -> {
            if (message instanceof WatchEvents events) fresh.add(events);
            return true;
        });
    }

    /** What is committed, as of the newest entry that any server has applied. */
    Board board() {
        return board;
    }

    /** Is told of each committed move of a record. */
    void onMove(Consumer<RolloutRecord> listener) {
        moves = listener;
    }

    // ---- the log

    /** Some server applies a command. The first time an index is seen its command is judged. */
    void applied(long at, byte[] command) {
        if (at <= index) return;
        index = at;
        store.apply(at, command);
        store.commit();
        while (hub.advance()) {
            // Until all is told.
        }
        while (!fresh.isEmpty()) committed(fresh.removeFirst().events());
    }

    private void committed(List<Event> events) {
        Map<Long, RolloutRecord> formerRecords = new HashMap<>();
        Map<String, Target> formerTargets = new HashMap<>();
        Map<Coordinate, SimPointer> formerPointers = new HashMap<>();
        for (Event each : events) remember(each, formerRecords, formerTargets, formerPointers);
        for (Event each : events) board.changed(each);
        List<RolloutRecord> moved = new ArrayList<>();
        for (Event each : events) {
            if (SimPointer.isKey(each.keyValue().key())) {
                Coordinate file = SimPointer.file(each.keyValue().key());
                pointerMoved(file, formerPointers.get(file));
                continue;
            }
            RolloutKeys.parse(each.keyValue().key()).ifPresent(address -> {
                if (address instanceof RolloutKeys.Address.OfRecord) {
                    RolloutRecord next = record(address.number());
                    recordMoved(formerRecords.get(address.number()), next);
                    moved.add(next);
                } else if (address instanceof RolloutKeys.Address.OfInstance target) {
                    String key = address.number() + " " + target.instance();
                    targetMoved(address.number(), target.instance(), formerTargets.get(key));
                }
            });
        }
        for (RolloutRecord each : moved) moves.accept(each);
    }

    private void remember(
            Event event,
            Map<Long, RolloutRecord> records,
            Map<String, Target> targets,
            Map<Coordinate, SimPointer> pointers) {
        if (SimPointer.isKey(event.keyValue().key())) {
            Coordinate file = SimPointer.file(event.keyValue().key());
            Board.Pointer former = board.pointer(file);
            if (former != null) pointers.put(file, former.pointer());
            return;
        }
        RolloutKeys.parse(event.keyValue().key()).ifPresent(address -> {
            Board.Entry entry = board.entry(address.number());
            if (entry == null) return;
            RolloutRecord record = entry.record();
            if (record != null) records.put(address.number(), record);
            if (address instanceof RolloutKeys.Address.OfInstance target) {
                Target former = entry.targets().get(target.instance());
                if (former != null) targets.put(address.number() + " " + target.instance(), former);
            }
        });
    }

    private RolloutRecord record(long number) {
        Board.Entry entry = board.entry(number);
        RolloutRecord record = entry == null ? null : entry.record();
        if (record == null) throw new IllegalStateException("rollout " + number + " has no record");
        return record;
    }

    private void pointerMoved(Coordinate file, @Nullable SimPointer former) {
        Board.Pointer now = board.pointer(file);
        if (now == null) return;
        SimPointer pointer = now.pointer();
        decided.computeIfAbsent(file, none -> new TreeSet<>()).add(pointer.stable());
        for (InstanceRef each : pointer.cohort())
            decidedForCohort.computeIfAbsent(each, none -> new HashSet<>()).add(file + "@" + pointer.cohortRelease());
        if (former == null || former.stable() == pointer.stable()) return;
        RolloutRecord by = record(Math.max(former.rollout(), pointer.rollout()));
        boolean allowed = by.phase() == Phase.DO_COMMIT || by.phase() == Phase.ROLLING_BACK;
        if (!allowed)
            throw new BrokenInvariant(
                    Invariant.NO_EARLY_EFFECT,
                    file + " moves from " + former.stable() + " to " + pointer.stable() + " in " + by.phase());
    }

    private void recordMoved(@Nullable RolloutRecord former, RolloutRecord next) {
        ends.requireLegal(former, next);
        if (former == null) return;
        ends.requirePointers(former, next);
        ends.judge(former, next);
        if (next.phase() == Phase.STAGE) requireRadius();
        if (next.phase() == Phase.DO_COMMIT)
            for (Instance each : fleet)
                if (each.isUp() && !each.isConnected() && !each.disk().staged().isEmpty())
                    reach.mark(RolloutMarker.CUT_OFF_KEPT_OLD);
    }

    private void targetMoved(long number, InstanceRef instance, @Nullable Target former) {
        RolloutRecord record = record(number);
        Board.Entry entry = board.entry(number);
        Target target = entry == null ? null : entry.targets().get(instance);
        if (target == null) return;
        String what = instance + " of rollout " + number + " " + target.progress();
        if (record.phase().isEnd())
            throw new BrokenInvariant(Invariant.TOTALS_ADD_UP, what + " after " + record.phase());
        if (target.progress().step() != record.step())
            throw new BrokenInvariant(Invariant.STEP_FENCED, what + " while the record is at step " + record.step());
        Answer.Kind claimed =
                switch (target.progress().state()) {
                    case OFFERED -> null;
                    case LOST -> null;
                    case ACCEPTED -> Answer.Kind.ACCEPTED;
                    case PREPARED -> Answer.Kind.PREPARED;
                    case APPLIED -> Answer.Kind.APPLIED;
                    case REJECTED -> Answer.Kind.REJECTED;
                    case FAILED -> Answer.Kind.FAILED;
                    case REVERTED -> Answer.Kind.REVERTED;
                };
        if (claimed == null) {
            if (former != null) reach.mark(RolloutMarker.COUNTED_LOST);
        } else if (!said.contains(new Said(instance, number, record.step(), claimed))) {
            throw new BrokenInvariant(Invariant.STEP_FENCED, what + " was never said");
        }
        if (former != null && former.progress().state() == dev.attune.rollout.record.InstanceState.LOST)
            throw new BrokenInvariant(Invariant.TOTALS_ADD_UP, what + " was lost before");
    }

    // ---- the fleet

    /** An instance says something. */
    void said(Instance instance, Answer answer) {
        said.add(new Said(instance.ref(), answer.rollout(), answer.step(), answer.kind()));
    }

    void lostDisk(Instance instance) {
        diskLost.add(instance);
    }

    void connected(Instance instance) {
        for (Board.Entry each : board.running()) {
            Target target = each.targets().get(instance.ref());
            if (target != null && target.progress().state() == dev.attune.rollout.record.InstanceState.LOST)
                reach.mark(RolloutMarker.LOST_RETURNED);
        }
    }

    /** A coordinator has heard what became of its transaction. */
    void movedBy(long rollout, int server, boolean succeeded) {
        if (!succeeded) return;
        Integer former = lastMover.put(rollout, server);
        if (former != null && former != server) reach.mark(RolloutMarker.CONTINUED_BY_ANOTHER);
    }

    /** An instance has put a state in force. */
    void putInForce(Instance instance, Map<Coordinate, Long> state) {
        state.forEach((file, release) -> {
            boolean known = decided.getOrDefault(file, Set.of()).contains(release)
                    || decidedForCohort.getOrDefault(instance.ref(), Set.of()).contains(file + "@" + release);
            if (!known)
                throw new BrokenInvariant(
                        Invariant.NO_EARLY_EFFECT, instance.ref() + " uses release " + release + " of " + file);
        });
        ends.used(state);
        requireRadius();
    }

    /** No stage reaches more instances than it may (R5). */
    private void requireRadius() {
        for (Board.Entry each : board.running()) {
            RolloutRecord record = each.record();
            if (record == null
                    || record.phase() != Phase.STAGE
                    || !(record.plan().strategy() instanceof Strategy.Progressive plan)) continue;
            int limit = plan.limit(record.at().stage(), each.targets().size());
            int using = 0;
            for (Instance instance : fleet) if (uses(instance, record)) using++;
            if (using > limit)
                throw new BrokenInvariant(
                        Invariant.BLAST_RADIUS,
                        using + " instances use rollout " + record.number() + " (expected: <= " + limit + ")");
        }
    }

    private static boolean uses(Instance instance, RolloutRecord record) {
        Map<Coordinate, Long> state = instance.inForce();
        for (FileMove each : record.plan().files())
            // That a file is gone does not say which rollout has deleted it.
            if (each.after() != 0 && state.getOrDefault(each.file(), 0L) == each.after()) return true;
        return false;
    }

    /** What is missing until everything has ended and the fleet is uniform; empty when nothing is. */
    String missing() {
        for (Board.Entry each : board.running()) return "rollout not ended: " + each.record();
        for (Instance instance : fleet) {
            Map<Coordinate, Long> wanted = board.state(instance.ref());
            if (instance.inForce().equals(wanted)) continue;
            if (wanted.entrySet().stream().anyMatch(each -> instance.refuses(each.getKey(), each.getValue()))) continue;
            return instance.ref() + " has " + instance.inForce() + " (expected: " + wanted + ")";
        }
        return "";
    }
}
