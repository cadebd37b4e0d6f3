package dev.attune.rollout.coordinate;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves a rollout on. The host calls {@link #step} on the leader whenever a key of the rollout changes and at a slow
 * tick, carries the transition out, and calls again when it sees its effect. Two leaders that both
 * think they lead cannot do harm: every transaction compares the record (R1).
 *
 * <p>One call looks at every target once. It costs what the fleet is large, so a host with many answers at once should
 * call it once for all of them.
 */
public final class Coordinator {
    private static final String NO_CONNECTION = " without connection for too long";
    private static final String RESTLESS = ", came back " + Presence.RETURNS_MAX + " times: it does not stay";

    private Coordinator() {}

    /** What is to be done now; nothing while the rollout waits for answers or time, or has ended. */
    public static Optional<Transition> step(View view) {
        Phase phase = view.record().phase();
        if (phase == Phase.QUEUED) return leaveQueue(view);
        if (phase == Phase.PENDING) return writeTargets(view);
        if (phase.isEnd()) return Optional.empty();
        Optional<Transition> gone = countLost(view, absent(view), NO_CONNECTION);
        return gone.isPresent() ? gone : await(view, Tally.of(view));
    }

    /**
     * The transition that {@code command} asks for.
     *
     * @throws AttuneException {@code FAILED_PRECONDITION} when the rollout does not stand so that it could be done
     */
    public static Transition command(View view, Command command) {
        RolloutRecord record = view.record();
        Phase phase = record.phase();
        return switch (command.kind()) {
            case PAUSE -> {
                require(!record.paused() && (phase == Phase.QUEUED || phase == Phase.STAGE), record, "paused");
                yield new Transition.Move(record.withPaused(true, command.because("paused")), List.of(), false);
            }
            case RESUME -> {
                require(record.paused(), record, "resumed");
                yield new Transition.Move(record.withPaused(false, command.because("resumed")), List.of(), false);
            }
            case PROMOTE -> {
                require(phase == Phase.STAGE, record, "promoted");
                yield enterStage(view, record.at().stage() + 1, command.because("promoted"));
            }
            case ABORT -> {
                require(!phase.isEnd() && !phase.isUndo(), record, "aborted");
                yield back(view, command.because("aborted"));
            }
        };
    }

    private static void require(boolean possible, RolloutRecord record, String what) {
        if (!possible)
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "rollout " + record.number() + " is " + record.phase() + (record.paused() ? " and paused" : "")
                            + " and cannot be " + what);
    }

    private static Optional<Transition> leaveQueue(View view) {
        RolloutRecord record = view.record();
        Surroundings around = view.around();
        if (record.paused() || around.waits()) return Optional.empty();
        List<FileMove> files = new ArrayList<>();
        for (FileMove each : record.plan().files()) {
            Optional<FileStand> stand = around.files().stream()
                    .filter(other -> other.file().equals(each.file()))
                    .findFirst();
            if (stand.isEmpty() || stand.get().rollout() != 0) return Optional.empty();
            if (stand.get().stable() == each.after()) {
                String why =
                        each.file() + (each.after() == 0 ? " is gone" : " has release " + each.after()) + " already";
                return Optional.of(move(record.movedTo(Phase.ABORTED, why, around.nowMillis()), List.of()));
            }
            files.add(new FileMove(each.file(), stand.get().stable(), each.after()));
        }
        RolloutRecord next = record.movedTo(Phase.PENDING, "", around.nowMillis())
                .withPlan(record.plan().withFiles(files));
        List<PointerMove> taken = new ArrayList<>();
        for (FileMove each : files)
            taken.add(PointerMove.ofAll(new FileStand(each.file(), each.before(), 0), each.before(), record.number()));
        return Optional.of(move(next, taken));
    }

    private static Optional<Transition> writeTargets(View view) {
        RolloutRecord record = view.record();
        List<InstanceChange> missing = new ArrayList<>();
        for (InstanceRef each : view.around().concerned()) {
            if (view.instances().containsKey(each)) continue;
            missing.add(new InstanceChange(each, progress(view, InstanceState.OFFERED, ""), 0));
            if (missing.size() == Transition.MARKED_MAX) break;
        }
        if (!missing.isEmpty()) return Optional.of(new Transition.Mark(missing));
        return Optional.of(record.plan().strategy().match(new Strategy.Cases<Transition>() {
            @Override
            public Transition atomic(Strategy.Atomic atomic) {
                return new Transition.Move(counted(view, Phase.CAN_COMMIT), List.of(), true);
            }

            @Override
            public Transition progressive(Strategy.Progressive progressive) {
                return enterStage(view, 0, "");
            }

            @Override
            public Transition immediate(Strategy.Immediate immediate) {
                return new Transition.Move(counted(view, Phase.DO_COMMIT), switched(view), true);
            }
        }));
    }

    /** Targets that count as lost: gone for too long while something depends on them. */
    private static List<InstanceRef> absent(View view) {
        List<InstanceRef> gone = new ArrayList<>();
        for (Map.Entry<InstanceRef, Long> entry : view.around().absentMillis().entrySet()) {
            Target target = view.instances().get(entry.getKey());
            if (target == null || entry.getValue() < view.record().plan().lostAfterMillis()) continue;
            if (dependsOn(view.record(), entry.getKey(), target.progress())) gone.add(entry.getKey());
        }
        return gone;
    }

    /**
     * Whether the phase goes wrong without this instance. One that has voted is as needed as one that has not, until the
     * switch; and a cohort is judged for as long as its stage lasts.
     */
    private static boolean dependsOn(RolloutRecord record, InstanceRef instance, InstanceProgress progress) {
        boolean refused = progress.state().isRefusal() || progress.state() == InstanceState.REVERTED;
        return switch (record.phase()) {
            case CAN_COMMIT, PRE_COMMIT -> !refused;
            case STAGE -> !refused && Asks.inCohort(record, instance);
            default -> Asks.of(record, instance, progress).isPresent();
        };
    }

    private static Optional<Transition> countLost(View view, List<InstanceRef> who, String why) {
        if (who.isEmpty()) return Optional.empty();
        List<InstanceChange> changes = new ArrayList<>();
        for (InstanceRef each : who.subList(0, Math.min(who.size(), Transition.MARKED_MAX))) {
            Target target = view.instances().get(each);
            if (target == null) continue;
            String former = target.progress().reason();
            boolean restless = why.equals(NO_CONNECTION)
                    && view.around().absentMillis().getOrDefault(each, 0L) == Presence.RESTLESS;
            String reason = target.progress().state()
                    + (restless ? RESTLESS : why)
                    + (former.isEmpty() ? "" : "; before: " + former);
            changes.add(new InstanceChange(each, progress(view, InstanceState.LOST, reason), target.revision()));
        }
        return Optional.of(new Transition.Mark(changes));
    }

    private static Optional<Transition> await(View view, Tally tally) {
        RolloutRecord record = view.record();
        boolean undo = record.phase().isUndo();
        Strategy strategy = record.plan().strategy();
        Optional<String> condemned = undo ? Optional.empty() : condemned(view, tally);
        if (condemned.isPresent()) return Optional.of(back(view, condemned.get()));
        if (tally.open().isEmpty()) return forward(view);
        if (view.around().elapsedMillis() < deadlineMillis(record)) return Optional.empty();
        Optional<String> silent =
                undo ? Optional.empty() : tally.broken(strategy, tally.open().size());
        if (silent.isPresent()) return Optional.of(back(view, silent.get()));
        return countLost(view, tally.open(), " without answer for " + deadlineMillis(record) + " ms");
    }

    /** Why the rollout has to go back whatever else it waits for. */
    private static Optional<String> condemned(View view, Tally tally) {
        Verdict verdict = view.around().verdict();
        RolloutRecord record = view.record();
        if (record.phase() == Phase.STAGE && verdict != null && verdict.at(record.step()) == Verdict.Judgement.FAILED)
            return Optional.of("judged: " + verdict.reason());
        return tally.broken(record.plan().strategy(), 0);
    }

    private static long deadlineMillis(RolloutRecord record) {
        Strategy strategy = record.plan().strategy();
        if (record.phase().isUndo()) return strategy.undoMillis();
        if (strategy instanceof Strategy.Atomic atomic) {
            if (record.phase() == Phase.CAN_COMMIT) return atomic.deadlines().prepareMillis();
            if (record.phase() == Phase.PRE_COMMIT) return atomic.deadlines().stageMillis();
        }
        return strategy.applyMillis();
    }

    /** Everyone has answered, and enough go along. */
    private static Optional<Transition> forward(View view) {
        // Counted again, for who aborted it may not have seen all targets that were being written down.
        RolloutRecord record = view.record().withTargets(view.instances().size());
        long now = view.around().nowMillis();
        return switch (record.phase()) {
            case CAN_COMMIT ->
                Optional.of(new Transition.Move(record.movedTo(Phase.PRE_COMMIT, "", now), List.of(), true));
            case PRE_COMMIT ->
                Optional.of(new Transition.Move(record.movedTo(Phase.DO_COMMIT, "", now), switched(view), true));
            case STAGE -> endStage(view);
            case DO_COMMIT ->
                Optional.of(new Transition.Move(
                        record.movedTo(Phase.COMMITTED, record.reason(), now), released(view, true), true));
            case ABORTING ->
                Optional.of(new Transition.Move(
                        record.movedTo(Phase.ABORTED, record.reason(), now), released(view, false), true));
            case ROLLING_BACK ->
                Optional.of(new Transition.Move(
                        record.movedTo(Phase.ROLLED_BACK, record.reason(), now), released(view, false), true));
            default -> Optional.empty();
        };
    }

    private static Optional<Transition> endStage(View view) {
        RolloutRecord record = view.record();
        if (record.paused() || !(record.plan().strategy() instanceof Strategy.Progressive progressive))
            return Optional.empty();
        Stage stage = progressive.stages().get(record.at().stage());
        long elapsed = view.around().elapsedMillis();
        if (elapsed < stage.minimumMillis()) return Optional.empty();
        Verdict verdict = view.around().verdict();
        boolean passed = verdict != null && verdict.at(record.step()) == Verdict.Judgement.PASSED;
        if (!stage.judged() || passed)
            return Optional.of(enterStage(view, record.at().stage() + 1, ""));
        if (elapsed < stage.minimumMillis() + progressive.verdictMillis()) return Optional.empty();
        String why = "no verdict on stage " + (record.at().stage() + 1) + " in time";
        if (progressive.undecided() == Strategy.Progressive.Undecided.UNDO) return Optional.of(back(view, why));
        // A judge that cannot tell is no reason to go on or back (R10) unless the plan says so: someone has to look.
        return Optional.of(move(record.withPaused(true, why), List.of()));
    }

    /** The move into stage {@code index}; after the last one the release becomes everyone's. */
    private static Transition enterStage(View view, int index, String why) {
        RolloutRecord record = counted(view, Phase.DO_COMMIT);
        Strategy.Progressive progressive = (Strategy.Progressive) record.plan().strategy();
        if (index >= progressive.stages().size()) {
            RolloutRecord next =
                    view.record().movedTo(Phase.DO_COMMIT, why, view.around().nowMillis());
            return new Transition.Move(next, switched(view), true);
        }
        Cohort cohort =
                Cohort.first(view, progressive.limit(index, view.instances().size()));
        RolloutRecord next = view.record()
                .withTargets(view.instances().size())
                .movedToStage(index, cohort.bound(), why, view.around().nowMillis());
        List<PointerMove> pointers = new ArrayList<>();
        for (FileMove each : record.plan().files())
            pointers.add(new PointerMove(
                    new FileStand(each.file(), each.before(), record.number()),
                    each.before(),
                    record.number(),
                    each.after(),
                    cohort.members()));
        return new Transition.Move(next, pointers, true);
    }

    /** The way back: nobody has used the release before the switch, so nothing but what is held is to be undone. */
    private static Transition back(View view, String why) {
        RolloutRecord record = view.record().withTargets(view.instances().size());
        long now = view.around().nowMillis();
        boolean used = record.phase() == Phase.STAGE || record.phase() == Phase.DO_COMMIT;
        if (record.phase() == Phase.QUEUED) return move(record.movedTo(Phase.ABORTED, why, now), List.of());
        if (!used) return move(record.movedTo(Phase.ABORTING, why, now), List.of());
        boolean everyones = record.phase() == Phase.DO_COMMIT;
        List<PointerMove> pointers = new ArrayList<>();
        for (FileMove each : record.plan().files())
            pointers.add(PointerMove.ofAll(
                    new FileStand(each.file(), everyones ? each.after() : each.before(), record.number()),
                    each.before(),
                    record.number()));
        return move(record.movedTo(Phase.ROLLING_BACK, why, now), pointers);
    }

    private static List<PointerMove> switched(View view) {
        RolloutRecord record = view.record();
        List<PointerMove> pointers = new ArrayList<>();
        for (FileMove each : record.plan().files())
            pointers.add(PointerMove.ofAll(
                    new FileStand(each.file(), each.before(), record.number()), each.after(), record.number()));
        return pointers;
    }

    /** The files are free again, and stay where they are. */
    private static List<PointerMove> released(View view, boolean committed) {
        RolloutRecord record = view.record();
        List<PointerMove> pointers = new ArrayList<>();
        for (FileMove each : record.plan().files()) {
            long stable = committed ? each.after() : each.before();
            pointers.add(PointerMove.ofAll(new FileStand(each.file(), stable, record.number()), stable, 0));
        }
        return pointers;
    }

    private static RolloutRecord counted(View view, Phase phase) {
        return view.record()
                .withTargets(view.instances().size())
                .movedTo(phase, "", view.around().nowMillis());
    }

    private static Transition move(RolloutRecord next, List<PointerMove> pointers) {
        return new Transition.Move(next, pointers, false);
    }

    private static InstanceProgress progress(View view, InstanceState state, String reason) {
        return new InstanceProgress(
                state, reason, view.record().step(), view.around().nowMillis());
    }
}
