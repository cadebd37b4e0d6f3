package dev.attune.simulator.fleet;

import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.model.rollout.Answer;
import dev.attune.rollout.agent.Agent;
import dev.attune.rollout.agent.InstanceWrite;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.FileStand;
import dev.attune.rollout.coordinate.PointerMove;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.simulator.judge.Invariant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Known ways to get rollouts wrong, each with the invariants that may notice it; numbers are those of the museum. */
enum FleetMutant {
    /** 29: a coordinator that was succeeded decides as well. */
    DECIDES_TWICE(
            () -> new FleetParts() {
                @Override
                public List<Operation.Txn> txns(View view, Transition transition, List<Transition.Part> pointers) {
                    List<Operation.Txn> unguarded = new ArrayList<>();
                    for (Operation.Txn sound : FleetParts.super.txns(view, transition, pointers)) {
                        List<Compare> compares = new ArrayList<>(sound.compares());
                        compares.removeIf(each -> isRecord(view, each));
                        unguarded.add(new Operation.Txn(compares, sound.then(), sound.otherwise()));
                    }
                    return unguarded;
                }
            },
            Invariant.ONE_DECISION,
            Invariant.TOTALS_ADD_UP,
            Invariant.STEP_FENCED),
    /** 30: an instance that is cut off uses what it holds after a while. */
    USES_PREPARED_ON_TIMEOUT(
            () -> new FleetParts() {
                @Override
                public boolean waitsForDecision() {
                    return false;
                }
            },
            Invariant.NO_EARLY_EFFECT),
    /** 31: a stage reaches one instance too many. */
    STAGE_LIMIT_OFF_BY_ONE(OffByOne::new, Invariant.BLAST_RADIUS),
    /** 32: an answer is taken for the present step, whichever it names. */
    TAKES_STALE_STEPS(
            () -> new FleetParts() {
                @Override
                public boolean answered(Agent agent, long subscription, Answer answer, long step) {
                    return step >= 1
                            && agent.answered(
                                    subscription, new Answer(answer.kind(), answer.rollout(), step, answer.reason()));
                }
            },
            Invariant.STEP_FENCED,
            Invariant.UNIFORM_FLEET),
    /** The pointers move when everyone has voted, before the value is held and the switch decided. */
    SWITCHES_BEFORE_DECISION(() -> moving(Phase.PRE_COMMIT, true), Invariant.NO_EARLY_EFFECT),
    /** An undo that leaves the pointers where they are. */
    UNDOES_NOTHING(() -> moving(Phase.ROLLING_BACK, false), Invariant.NO_EARLY_EFFECT, Invariant.UNIFORM_FLEET),
    /** An ended rollout keeps its files. */
    KEEPS_FILES(() -> moving(Phase.COMMITTED, false), Invariant.ROLLOUTS_END),
    /** An instance says that it holds the value, and has not written it. */
    VOTES_WITHOUT_WRITING(
            () -> new FleetParts() {
                @Override
                public boolean stagesDurably() {
                    return false;
                }
            },
            Invariant.PREPARED_IS_DURABLE),
    /** Those that are lost are not counted. */
    FORGETS_THE_LOST(
            () -> new FleetParts() {
                @Override
                public Optional<Transition> step(View view) {
                    TreeMap<InstanceRef, Target> left = new TreeMap<>(view.instances());
                    left.values().removeIf(each -> each.progress().state() == InstanceState.LOST);
                    if (view.record().phase() == Phase.PENDING) return Coordinator.step(view);
                    return Coordinator.step(new View(view.record(), view.recordRevision(), left, view.around()));
                }
            },
            Invariant.QUORUM_KEPT,
            Invariant.TOTALS_ADD_UP),
    /** The last phase does not wait for the instances. */
    ENDS_EARLY(EndsEarly::new, Invariant.TOTALS_ADD_UP, Invariant.QUORUM_KEPT),
    /** An answer is written though the rollout has moved on. */
    WRITES_WITHOUT_STEP(
            () -> new FleetParts() {
                @Override
                public Operation.Txn txn(InstanceWrite write) {
                    Operation.Txn sound = write.txn();
                    return new Operation.Txn(sound.compares().subList(1, 2), sound.then(), sound.otherwise());
                }
            },
            Invariant.STEP_FENCED,
            Invariant.TOTALS_ADD_UP);

    @SuppressWarnings("ImmutableEnumChecker") // a constructor reference
    private final Supplier<FleetParts> parts;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final Set<Invariant> noticed;

    FleetMutant(Supplier<FleetParts> parts, Invariant first, Invariant... others) {
        this.parts = parts;
        noticed = EnumSet.of(first, others);
    }

    FleetParts parts() {
        return parts.get();
    }

    Set<Invariant> noticed() {
        return noticed;
    }

    private static boolean isRecord(View view, Compare compare) {
        RolloutRecord record = view.record();
        return compare.range().start().equals(RolloutKeys.record(record.environment(), record.number()));
    }

    /** Moves the pointers to the new releases when a record comes to {@code phase}, or does not move them at all. */
    private static FleetParts moving(Phase phase, boolean switches) {
        return new FleetParts() {
            @Override
            public Optional<Transition> step(View view) {
                return Coordinator.step(view).map(each -> {
                    if (!(each instanceof Transition.Move move) || move.next().phase() != phase) return each;
                    List<PointerMove> pointers = new ArrayList<>();
                    long number = move.next().number();
                    if (switches)
                        for (FileMove file : move.next().plan().files())
                            pointers.add(PointerMove.ofAll(
                                    new FileStand(file.file(), file.before(), number), file.after(), number));
                    return new Transition.Move(move.next(), pointers, move.exact());
                });
            }
        };
    }

    private static final class OffByOne implements FleetParts {
        @Override
        public Optional<Transition> step(View view) {
            return Coordinator.step(view).map(each -> {
                if (!(each instanceof Transition.Move move) || move.next().phase() != Phase.STAGE) return each;
                List<PointerMove> pointers = new ArrayList<>();
                for (PointerMove pointer : move.pointers()) {
                    List<InstanceRef> cohort = new ArrayList<>(pointer.cohort());
                    view.instances().keySet().stream()
                            .filter(other -> !cohort.contains(other))
                            .findFirst()
                            .ifPresent(cohort::add);
                    pointers.add(new PointerMove(
                            pointer.from(), pointer.stable(), pointer.rollout(), pointer.cohortRelease(), cohort));
                }
                return new Transition.Move(move.next(), pointers, move.exact());
            });
        }
    }

    private static final class EndsEarly implements FleetParts {
        @Override
        public Optional<Transition> step(View view) {
            RolloutRecord record = view.record();
            if (record.phase() != Phase.DO_COMMIT) return Coordinator.step(view);
            List<PointerMove> released = new ArrayList<>();
            for (FileMove each : record.plan().files())
                released.add(
                        PointerMove.ofAll(new FileStand(each.file(), each.after(), record.number()), each.after(), 0));
            RolloutRecord next =
                    record.movedTo(Phase.COMMITTED, "", view.around().nowMillis());
            return Optional.of(new Transition.Move(next, released, true));
        }
    }
}
