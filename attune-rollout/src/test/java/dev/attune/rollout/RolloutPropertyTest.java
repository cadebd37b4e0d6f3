package dev.attune.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import dev.attune.rollout.agent.Agent;
import dev.attune.rollout.agent.Due;
import dev.attune.rollout.agent.InstanceWrite;
import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.Surroundings;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import dev.attune.store.CommandResult;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Store;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R1, R5, R6, R9: whatever happens in whatever order, over the real store")
final class RolloutPropertyTest {
    private static final int SEEDS = 600;
    private static final Map<Phase, Set<Phase>> LEGAL = Map.of(
            Phase.PENDING, EnumSet.of(Phase.CAN_COMMIT, Phase.STAGE, Phase.DO_COMMIT, Phase.ABORTING),
            Phase.CAN_COMMIT, EnumSet.of(Phase.PRE_COMMIT, Phase.ABORTING),
            Phase.PRE_COMMIT, EnumSet.of(Phase.DO_COMMIT, Phase.ABORTING),
            Phase.STAGE, EnumSet.of(Phase.STAGE, Phase.DO_COMMIT, Phase.ROLLING_BACK),
            Phase.DO_COMMIT, EnumSet.of(Phase.COMMITTED, Phase.ROLLING_BACK),
            Phase.ABORTING, EnumSet.of(Phase.ABORTED),
            Phase.ROLLING_BACK, EnumSet.of(Phase.ROLLED_BACK));

    @Test
    void six_hundred_random_runs_keep_every_rule_and_end() {
        Set<Phase> ends = EnumSet.noneOf(Phase.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                ends.add(new Run(seed).play());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
        assertThat(ends).containsExactlyInAnyOrder(Phase.COMMITTED, Phase.ABORTED, Phase.ROLLED_BACK);
    }

    /** Two leaders with views of different age, two nodes, up to eight instances that say anything. */
    private static final class Run {
        private final Random random;
        private final Store store = Store.open(new InMemoryRevisionStore());
        private final List<Agent> nodes = List.of(new Agent(), new Agent());
        private final List<View> seen = new ArrayList<>();
        private final TreeMap<Long, InstanceRef> subscriptions = new TreeMap<>();
        private final List<Due> asked = new ArrayList<>();
        private final List<InstanceWrite> pending = new ArrayList<>();
        private final TreeMap<InstanceRef, Long> absent = new TreeMap<>();
        private final TreeSet<InstanceRef> fleet = new TreeSet<>();
        private final Set<InstanceRef> using = new TreeSet<>();
        private RolloutRecord record;
        private long recordRevision;
        private final TreeMap<InstanceRef, Target> targets = new TreeMap<>();
        private long index;
        private long named;
        private long elapsed;

        Run(long seed) {
            random = new Random(seed);
            for (int i = random.nextInt(9); i > 0; i--) fleet.add(Samples.instance(i));
            record = RolloutRecord.created(1, plan(), Phase.PENDING, 0);
            write(new Operation.Txn(
                    List.of(),
                    List.of(Operation.Put.of(RolloutKeys.record("prod", 1), RecordCodec.encode(record))),
                    List.of()));
            for (InstanceRef each : fleet) connect(each);
        }

        private RolloutPlan plan() {
            switch (random.nextInt(4)) {
                case 0:
                    return Samples.atomic(Quorum.ALL);
                case 1:
                    return Samples.atomic(Quorum.percent(1 + random.nextInt(100)));
                case 2:
                    return Samples.progressive(new Strategy.Tolerance(random.nextInt(3), random.nextInt(3)));
                default:
                    return Samples.immediate();
            }
        }

        Phase play() {
            for (int i = 0; i < 400 && !record.phase().isEnd(); i++) event(true);
            // From here on everyone is there and goes along, and time passes.
            absent.clear();
            for (int i = 0; i < 2_000 && !record.phase().isEnd(); i++) {
                if (record.paused()) command(Command.Kind.ABORT, view());
                event(false);
                elapsed += 5;
            }
            assertThat(record.phase().isEnd())
                    .as("ended: %s, %s", record, targets)
                    .isTrue();
            assertThat(targets).hasSize(record.targets());
            EnumSet<InstanceState> terminal = record.phase() == Phase.COMMITTED
                    ? EnumSet.of(InstanceState.APPLIED)
                    : EnumSet.of(InstanceState.REVERTED);
            terminal.addAll(EnumSet.of(InstanceState.REJECTED, InstanceState.FAILED, InstanceState.LOST));
            assertThat(targets.values())
                    .allMatch(each -> terminal.contains(each.progress().state()));
            return record.phase();
        }

        private void event(boolean chaos) {
            seen.add(view());
            switch (random.nextInt(chaos ? 12 : 5)) {
                case 0, 1:
                    boolean old = chaos && random.nextInt(3) == 0;
                    View from = old ? seen.get(random.nextInt(seen.size())) : view();
                    Coordinator.step(from).ifPresent(due -> carryOut(from, due));
                    break;
                case 2:
                    for (Agent node : nodes) asked.addAll(node.due());
                    break;
                case 3:
                    if (!asked.isEmpty()) answer(asked.get(random.nextInt(asked.size())), chaos);
                    break;
                case 4:
                    for (Agent node : nodes) pending.addAll(node.writes(0));
                    if (!pending.isEmpty())
                        write(pending.remove(random.nextInt(pending.size())).txn());
                    break;
                case 5:
                    elapsed += random.nextInt(60);
                    break;
                case 6:
                    if (!fleet.isEmpty()) absent.put(anyone(), (long) random.nextInt(60));
                    break;
                case 7:
                    if (!absent.isEmpty()) absent.remove(absent.firstKey());
                    break;
                case 8:
                    if (!fleet.isEmpty()) connect(anyone());
                    break;
                case 9:
                    if (!subscriptions.isEmpty()) disconnect(subscriptions.firstKey());
                    break;
                case 10:
                    if (!pending.isEmpty())
                        write(pending.get(random.nextInt(pending.size())).txn());
                    break;
                default:
                    Command.Kind[] kinds = Command.Kind.values();
                    if (random.nextInt(6) == 0) command(kinds[random.nextInt(kinds.length)], view());
            }
        }

        private InstanceRef anyone() {
            return List.copyOf(fleet).get(random.nextInt(fleet.size()));
        }

        private void connect(InstanceRef instance) {
            subscriptions.put(++named, instance);
            nodes.get((int) (named % 2)).subscribed(named, "prod", instance);
        }

        private void disconnect(long subscription) {
            subscriptions.remove(subscription);
            nodes.get((int) (subscription % 2)).unsubscribed(subscription);
        }

        private void answer(Due due, boolean chaos) {
            Directive directive = due.directive();
            List<Answer.Kind> fitting = new ArrayList<>();
            for (Answer.Kind each : Answer.Kind.values()) if (directive.kind().takes(each)) fitting.add(each);
            Answer.Kind kind = chaos && random.nextInt(8) == 0
                    ? Answer.Kind.values()[random.nextInt(Answer.Kind.values().length)]
                    : chaos ? fitting.get(random.nextInt(fitting.size())) : fitting.get(0);
            if (directive.kind() == Directive.Kind.ABORT || directive.kind() == Directive.Kind.REVERT)
                kind = Answer.Kind.REVERTED;
            boolean late = directive.step() != record.step();
            boolean taken = nodes.get((int) (due.subscription() % 2))
                    .answered(due.subscription(), Answer.to(directive, kind, ""));
            assertThat(taken && late).as("R6: a late answer is taken").isFalse();
        }

        private void command(Command.Kind kind, View from) {
            try {
                carryOut(from, Coordinator.command(from, new Command(kind, "bob", "")));
            } catch (dev.attune.model.AttuneException e) {
                assertThat(e.code()).isEqualTo(dev.attune.model.ErrorCode.FAILED_PRECONDITION);
            }
        }

        private void carryOut(View from, Transition transition) {
            // Few changes in each, so that a mark may be carried out in part.
            if (transition instanceof Transition.Mark mark) mark.txns(from, 2).forEach(this::write);
            else if (transition instanceof Transition.Move move) write(move.txn(from, List.of()));
        }

        private View view() {
            TreeMap<InstanceRef, Target> copy = new TreeMap<>(targets);
            Optional<Verdict> verdict = random.nextInt(3) == 0
                    ? Optional.of(new Verdict(
                            record.step(),
                            Verdict.Judgement.values()[random.nextInt(20) == 0 ? 2 : 1],
                            random.nextInt(4) == 0 ? Double.NaN : 1,
                            "p99"))
                    : Optional.empty();
            Surroundings around = new Surroundings(fleet, absent, elapsed, 0, List.of(), false, verdict.orElse(null));
            return new View(record, recordRevision, copy, around);
        }

        private void write(Operation.Txn txn) {
            long before = store.revision();
            CommandResult result = store.apply(++index, new dev.attune.store.Command.Mutate(null, txn));
            store.commit();
            assertThat(result.error()).isNull();
            if (store.revision() == before) return;
            OperationResult.Range range = (OperationResult.Range) java.util.Objects.requireNonNull(
                    store.read(Operation.Range.of(RolloutKeys.all())).result());
            for (KeyValue each : range.keyValues()) if (each.modRevision() > before) changed(each);
        }

        private void changed(KeyValue stored) {
            RolloutKeys.Address address = RolloutKeys.parse(stored.key()).orElseThrow();
            if (address instanceof RolloutKeys.Address.OfRecord) moved(stored);
            else if (address instanceof RolloutKeys.Address.OfInstance target) progressed(target.instance(), stored);
            for (Agent node : nodes) node.changed(new Event(stored, null));
        }

        private void moved(KeyValue stored) {
            RolloutRecord next = RecordCodec.decodeRecord(stored.value());
            if (stored.version() > 1) {
                assertThat(next.step()).as("R1: steps").isEqualTo(record.step() + 1);
                boolean held = next.phase() == record.phase() && next.paused() != record.paused();
                assertThat(held || LEGAL.getOrDefault(record.phase(), Set.of()).contains(next.phase()))
                        .as("R1: %s to %s", record.phase(), next.phase())
                        .isTrue();
            }
            record = next;
            recordRevision = stored.modRevision();
            elapsed = 0;
            if (record.phase() == Phase.STAGE) {
                for (InstanceRef each : targets.keySet()) if (Asks.inCohort(record, each)) using.add(each);
                Strategy.Progressive plan = (Strategy.Progressive) record.plan().strategy();
                assertThat(using.size())
                        .as("R5")
                        .isLessThanOrEqualTo(plan.limit(record.at().stage(), targets.size()));
            }
        }

        private void progressed(InstanceRef instance, KeyValue stored) {
            InstanceProgress next = RecordCodec.decodeProgress(stored.value());
            assertThat(record.phase().isEnd())
                    .as("R9: %s changed after the end", instance)
                    .isFalse();
            assertThat(next.step()).as("R6: step of %s", next).isEqualTo(record.step());
            Target former = targets.put(instance, new Target(next, stored.modRevision()));
            if (former != null)
                assertThat(former.progress().state()).as("R9: lost is lost").isNotEqualTo(InstanceState.LOST);
        }
    }
}
