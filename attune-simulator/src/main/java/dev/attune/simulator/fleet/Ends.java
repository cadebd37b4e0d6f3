package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.reach.RolloutMarker;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the moves of records: which may follow which, what must be true then, and how rollouts end. */
final class Ends {
    private static final Map<Phase, Set<Phase>> LEGAL = new EnumMap<>(Map.of(
            Phase.QUEUED, EnumSet.of(Phase.PENDING, Phase.ABORTED),
            Phase.PENDING, EnumSet.of(Phase.CAN_COMMIT, Phase.STAGE, Phase.DO_COMMIT, Phase.ABORTING),
            Phase.CAN_COMMIT, EnumSet.of(Phase.PRE_COMMIT, Phase.ABORTING),
            Phase.PRE_COMMIT, EnumSet.of(Phase.DO_COMMIT, Phase.ABORTING),
            Phase.STAGE, EnumSet.of(Phase.STAGE, Phase.DO_COMMIT, Phase.ROLLING_BACK),
            Phase.DO_COMMIT, EnumSet.of(Phase.COMMITTED, Phase.ROLLING_BACK),
            Phase.ABORTING, EnumSet.of(Phase.ABORTED),
            Phase.ROLLING_BACK, EnumSet.of(Phase.ROLLED_BACK)));

    private final Board board;
    private final Reach reach;
    private final List<Instance> fleet;
    private final Set<Instance> diskLost;
    private final Set<String> used = new HashSet<>();

    Ends(Board board, Reach reach, List<Instance> fleet, Set<Instance> diskLost) {
        this.board = board;
        this.reach = reach;
        this.fleet = fleet;
        this.diskLost = diskLost;
    }

    /** Some instance has used this state. */
    void used(Map<Coordinate, Long> state) {
        state.forEach((file, release) -> used.add(file + "@" + release));
    }

    /** The record has one history (R1). */
    void requireLegal(@Nullable RolloutRecord former, RolloutRecord next) {
        if (former == null) {
            if (next.step() != 1) broken(Invariant.ONE_DECISION, "begins at " + next.at());
            return;
        }
        boolean held = former.phase() == next.phase() && former.paused() != next.paused();
        boolean legal = held || LEGAL.getOrDefault(former.phase(), Set.of()).contains(next.phase());
        if (!legal || next.step() != former.step() + 1)
            broken(
                    Invariant.ONE_DECISION,
                    "rollout " + next.number() + " goes from " + former.at() + " to " + next.at());
    }

    /** The pointers stand where the record says, from the same transaction on. */
    void requirePointers(RolloutRecord former, RolloutRecord next) {
        Phase phase = next.phase();
        boolean holds = phase != Phase.QUEUED && !phase.isEnd();
        if (phase == Phase.QUEUED || former.phase() == Phase.QUEUED && phase == Phase.ABORTED) return;
        boolean isNew = phase == Phase.DO_COMMIT || phase == Phase.COMMITTED;
        for (FileMove each : next.plan().files()) {
            Board.Pointer pointer = board.pointer(each.file());
            if (pointer == null) throw new IllegalStateException("no pointer of " + each.file());
            long stable = isNew ? each.after() : each.before();
            if (pointer.pointer().stable() != stable)
                broken(
                        phase.isEnd() ? Invariant.UNIFORM_FLEET : Invariant.NO_EARLY_EFFECT,
                        each.file() + " is at " + pointer.pointer().stable() + " (expected: " + stable + ") in "
                                + next.at());
            long holder = holds ? next.number() : 0;
            if (pointer.pointer().rollout() != holder)
                broken(
                        Invariant.ROLLOUTS_END,
                        each.file() + " is held by " + pointer.pointer().rollout() + " (expected: " + holder + ")");
            boolean staged = phase == Phase.STAGE;
            if ((pointer.pointer().cohortRelease() >= 0) != staged)
                broken(Invariant.UNIFORM_FLEET, each.file() + " has a cohort in " + next.at());
            if (staged) requireCohort(next, pointer.pointer());
        }
    }

    private void requireCohort(RolloutRecord record, SimPointer pointer) {
        if (!(record.plan().strategy() instanceof Strategy.Progressive plan)) return;
        Map<InstanceRef, Target> targets = targets(record);
        int limit = plan.limit(record.at().stage(), targets.size());
        if (pointer.cohort().size() > limit || !targets.keySet().containsAll(pointer.cohort()))
            broken(Invariant.BLAST_RADIUS, "the cohort " + pointer.cohort() + " (expected: <= " + limit + " targets)");
    }

    /** What must be true when the record comes to where it is. */
    void judge(RolloutRecord former, RolloutRecord next) {
        Map<InstanceState, Integer> counts = new EnumMap<>(InstanceState.class);
        for (InstanceState each : InstanceState.values()) counts.put(each, 0);
        for (Target each : targets(next).values()) counts.merge(each.progress().state(), 1, Integer::sum);
        Strategy strategy = next.plan().strategy();
        if (strategy instanceof Strategy.Atomic atomic) requireQuorum(former, next, atomic.quorum(), counts);
        if (former.phase() == Phase.PRE_COMMIT && next.phase() == Phase.DO_COMMIT) requirePrepared(next);
        if (former.phase() == Phase.STAGE && next.paused() && next.reason().startsWith("no verdict"))
            reach.mark(RolloutMarker.PAUSED_WITHOUT_VERDICT);
        if (next.phase() == Phase.ROLLING_BACK) undone(former, next);
        if (next.phase() == Phase.ABORTING)
            reach.mark(
                    next.reason().startsWith("aborted")
                            ? RolloutMarker.ABORTED_BY_COMMAND
                            : RolloutMarker.ABORTED_BY_REFUSAL);
        if (next.phase().isEnd() && former.phase() != Phase.QUEUED) ended(next, counts);
    }

    private void undone(RolloutRecord former, RolloutRecord next) {
        reach.mark(former.phase() == Phase.STAGE ? RolloutMarker.UNDONE_IN_STAGE : RolloutMarker.UNDONE_AFTER_SWITCH);
        if (next.reason().startsWith("judged")) reach.mark(RolloutMarker.UNDONE_BY_VERDICT);
    }

    private void requireQuorum(
            RolloutRecord former, RolloutRecord next, Quorum quorum, Map<InstanceState, Integer> counts) {
        InstanceState wanted =
                switch (next.phase()) {
                    case PRE_COMMIT -> InstanceState.ACCEPTED;
                    case DO_COMMIT -> InstanceState.PREPARED;
                    case COMMITTED -> InstanceState.APPLIED;
                    default -> null;
                };
        if (wanted == null || former.phase() == next.phase()) return;
        int targets = targets(next).size();
        int yes = counts.getOrDefault(wanted, 0);
        if (!quorum.isReached(yes, targets))
            broken(
                    Invariant.QUORUM_KEPT,
                    "rollout " + next.number() + " goes to " + next.phase() + " with " + yes + " of " + targets + " "
                            + wanted + " (expected: >= " + quorum.needed(targets) + ")");
    }

    /** Who is stored as prepared holds the value, unless its disk was taken from it (R3). */
    private void requirePrepared(RolloutRecord record) {
        targets(record).forEach((ref, target) -> {
            if (target.progress().state() != InstanceState.PREPARED) return;
            for (Instance each : fleet) {
                boolean holds = each.disk().staged().containsKey(record.number());
                if (each.ref().equals(ref) && !holds && !diskLost.contains(each))
                    broken(Invariant.PREPARED_IS_DURABLE, ref + " does not hold rollout " + record.number());
            }
        });
    }

    private void ended(RolloutRecord record, Map<InstanceState, Integer> counts) {
        boolean committed = record.phase() == Phase.COMMITTED;
        EnumSet<InstanceState> terminal = EnumSet.of(InstanceState.REJECTED, InstanceState.FAILED, InstanceState.LOST);
        terminal.add(committed ? InstanceState.APPLIED : InstanceState.REVERTED);
        targets(record).forEach((ref, target) -> {
            if (!terminal.contains(target.progress().state()))
                broken(Invariant.TOTALS_ADD_UP, ref + " ends " + target.progress() + " in " + record.phase());
        });
        if (targets(record).size() != record.targets())
            broken(Invariant.TOTALS_ADD_UP, targets(record).size() + " targets of " + record);
        requireTruth(record, committed);
        if (record.phase() == Phase.ABORTED)
            for (FileMove each : record.plan().files())
                if (each.after() != 0 && used.contains(each.file() + "@" + each.after()))
                    broken(Invariant.NO_EARLY_EFFECT, each + " was used and is aborted");
        if (committed) committed(record, counts);
    }

    /** Who said that it has the release in force has it, and who said that it went back went. */
    private void requireTruth(RolloutRecord record, boolean committed) {
        targets(record).forEach((ref, target) -> {
            InstanceState claimed = target.progress().state();
            if (claimed != InstanceState.APPLIED && claimed != InstanceState.REVERTED) return;
            for (Instance each : fleet) {
                if (!each.ref().equals(ref) || !each.isUp() || each.mayLie()) continue;
                for (FileMove move : record.plan().files()) {
                    boolean present = each.inForce().getOrDefault(move.file(), 0L) == move.after();
                    if (present != committed)
                        broken(
                                Invariant.UNIFORM_FLEET,
                                ref + " is " + claimed + " and has " + each.inForce() + " after " + move + " in "
                                        + record.phase());
                }
            }
        });
    }

    private void committed(RolloutRecord record, Map<InstanceState, Integer> counts) {
        int lost = counts.getOrDefault(InstanceState.LOST, 0);
        int refused = counts.getOrDefault(InstanceState.REJECTED, 0) + counts.getOrDefault(InstanceState.FAILED, 0);
        Strategy strategy = record.plan().strategy();
        if (strategy instanceof Strategy.Progressive progressive
                && (lost > progressive.tolerance().lostMax()
                        || refused > progressive.tolerance().refusedMax()))
            broken(Invariant.QUORUM_KEPT, lost + " lost and " + refused + " refused of " + record);
        if (strategy instanceof Strategy.Atomic) {
            reach.mark(RolloutMarker.COMMITTED_ATOMIC);
            if (lost + refused > 0) reach.mark(RolloutMarker.COMMITTED_BY_SHARE);
        } else {
            reach.mark(
                    strategy instanceof Strategy.Progressive
                            ? RolloutMarker.COMMITTED_PROGRESSIVE
                            : RolloutMarker.COMMITTED_IMMEDIATE);
        }
        if (record.plan().files().size() > 1) reach.mark(RolloutMarker.COMMITTED_SEVERAL_FILES);
    }

    private Map<InstanceRef, Target> targets(RolloutRecord record) {
        Board.Entry entry = board.entry(record.number());
        return entry == null ? Map.of() : entry.targets();
    }

    private static void broken(Invariant invariant, String detail) {
        throw new BrokenInvariant(invariant, detail);
    }
}
