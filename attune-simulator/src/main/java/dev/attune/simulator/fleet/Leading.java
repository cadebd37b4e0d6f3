package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.coordinate.PointerMove;
import dev.attune.rollout.coordinate.Presence;
import dev.attune.rollout.coordinate.Surroundings;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.reach.RolloutMarker;
import dev.attune.store.CommandResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the coordinator while its server believes to lead. */
final class Leading {
    private final Fleet fleet;
    private final Node node;
    private final Chance chance;
    private final TreeMap<Long, Presence> presences = new TreeMap<>();
    // Until this node's own state shows what it did, the coordinator would only say the same again.
    private final Map<Long, Long> awaits = new HashMap<>();
    private boolean leads;

    Leading(Fleet fleet, Node node, Chance chance) {
        this.fleet = fleet;
        this.node = node;
        this.chance = chance;
    }

    /** The process ended. */
    void die() {
        if (leads)
            for (Board.Entry each : fleet.judge().board().running()) {
                RolloutRecord record = each.record();
                if (record != null) fleet.reach().mark(RolloutMarker.valueOf("COORDINATOR_DIED_IN_" + record.phase()));
            }
        resign();
    }

    private void resign() {
        leads = false;
        presences.clear();
        awaits.clear();
    }

    void advance() {
        if (!fleet.centre().leads(node.number())) {
            resign();
            return;
        }
        leads = true;
        for (Board.Entry each : node.board().running()) {
            RolloutRecord record = each.record();
            if (record == null || awaits.getOrDefault(record.number(), 0L) > node.revision()) continue;
            View view = view(each, record);
            Optional<Transition> due = fleet.parts().step(view);
            if (due.isEmpty()) continue;
            awaits.put(record.number(), Long.MAX_VALUE);
            carryOut(view, due.get(), done -> {
                fleet.judge().movedBy(record.number(), node.number(), done.succeeded());
                if (done.refused()) fleet.reach().mark(RolloutMarker.STALE_COORDINATOR_REFUSED);
                if (done.succeeded()) awaits.put(record.number(), done.revision());
                else fleet.time().after(chance.between(1_000, 20_000), () -> awaits.remove(record.number()));
            });
        }
    }

    /** What the coordinator is shown of a rollout. */
    View view(Board.Entry entry, RolloutRecord record) {
        long clock = fleet.centre().clockMillis(node.number());
        Presence presence = presences.computeIfAbsent(record.number(), none -> new Presence());
        presence.observe(clock, entry.targets().keySet(), fleet.registry());
        long elapsed = presence.elapsedMillis(clock, record.step());
        Surroundings around = new Surroundings(
                fleet.registry(),
                presence.absentMillis(clock),
                elapsed,
                fleet.time().now() / 1_000,
                node.board().stands(record),
                node.board().waits(record),
                entry.verdict());
        return new View(record, entry.revision(), entry.targets(), around);
    }

    /**
     * What became of a transition.
     *
     * @param succeeded whether all of it was carried out
     * @param refused whether some of it was refused, because what it rests on has changed
     * @param revision of its last transaction
     */
    record Done(boolean succeeded, boolean refused, long revision) {
        private static final Done NOTHING = new Done(false, false, 0);

        private Done with(@Nullable CommandResult result) {
            boolean so = Node.succeeded(result);
            long at = result == null ? 0 : result.revision();
            return new Done(succeeded && so, refused || (result != null && !so), Math.max(revision, at));
        }
    }

    /** Carries a transition out; nothing happens when a pointer does not stand where it should. */
    void carryOut(View view, Transition transition, Consumer<Done> done) {
        List<Transition.Part> parts = new ArrayList<>();
        if (transition instanceof Transition.Move move) {
            for (PointerMove each : move.pointers()) {
                Board.Pointer now = node.board().pointer(each.file());
                if (now == null || !stands(now, each)) {
                    done.accept(Done.NOTHING);
                    return;
                }
                parts.add(part(each, now));
            }
        }
        List<Operation.Txn> txns = fleet.parts().txns(view, transition, parts);
        fleet.trace()
                .note(
                        "n" + node.number(),
                        "coordinates",
                        view.record().number(),
                        view.record().step());
        Done[] all = {new Done(true, false, 0)};
        int[] left = {txns.size()};
        for (Operation.Txn each : txns)
            node.propose(each, result -> {
                all[0] = all[0].with(result);
                if (--left[0] == 0) done.accept(all[0]);
            });
    }

    private static boolean stands(Board.Pointer now, PointerMove move) {
        return now.pointer().stable() == move.from().stable()
                && now.pointer().rollout() == move.from().rollout();
    }

    static Transition.Part part(PointerMove move, Board.Pointer now) {
        Coordinate file = move.file();
        SimPointer next = new SimPointer(move.stable(), move.rollout(), move.cohortRelease(), move.cohort());
        return new Transition.Part(
                List.of(Compare.modRevisionIs(SimPointer.key(file), now.revision())),
                List.of(Operation.Put.of(SimPointer.key(file), next.encode())));
    }
}
