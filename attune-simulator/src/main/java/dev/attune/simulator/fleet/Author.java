package dev.attune.simulator.fleet;

import dev.attune.model.AttuneException;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.FileStand;
import dev.attune.rollout.coordinate.PointerMove;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.plan.Deadlines;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.reach.RolloutMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Those who begin rollouts, interfere with them, and judge them. */
final class Author {
    private final Fleet fleet;
    private final Chance chance;
    private final TreeMap<Coordinate, Long> releases = new TreeMap<>(Coordinates.ORDER);
    private int begun;
    private boolean ready;

    Author(Fleet fleet, Chance chance) {
        this.fleet = fleet;
        this.chance = chance;
        for (Coordinate each : Coordinates.FILES) releases.put(each, 1L);
    }

    void start() {
        prepare();
        interfere();
        judge();
    }

    /** Writes the files, until they are there. */
    private void prepare() {
        fleet.time().after(100_000, () -> {
            Node node = fleet.any(chance);
            if (node != null && node.board().pointer(Coordinates.FILES.get(0)) != null) {
                ready = true;
                begin();
                return;
            }
            if (node != null) {
                List<Compare> compares = new ArrayList<>();
                List<Operation> writes = new ArrayList<>();
                for (Coordinate each : Coordinates.FILES) {
                    compares.add(Compare.absent(SimPointer.key(each)));
                    SimPointer first = new SimPointer(1, 0, PointerMove.NO_COHORT, List.of());
                    writes.add(Operation.Put.of(SimPointer.key(each), first.encode()));
                }
                node.propose(new Operation.Txn(compares, writes, List.of()), result -> {});
            }
            prepare();
        });
    }

    // ---- beginning

    private void begin() {
        fleet.time().after(chance.between(1_000, fleet.options().gap() * 2), () -> {
            if (fleet.isHealed() || begun >= fleet.options().rollouts()) return;
            Node node = fleet.any(chance);
            if (node != null && node.board().pointer(Coordinates.FILES.get(0)) != null) begin(node);
            begin();
        });
    }

    private void begin(Node node) {
        begun++;
        Board board = node.board();
        List<FileMove> files = new ArrayList<>();
        boolean free = true;
        for (Coordinate each : Coordinates.FILES) {
            boolean last = each.equals(Coordinates.FILES.get(Coordinates.FILES.size() - 1));
            Board.Pointer pointer = board.pointer(each);
            if (pointer == null || !(chance.below(2) == 0 || (last && files.isEmpty()))) continue;
            boolean deletes = pointer.pointer().stable() != 0 && chance.below(8) == 0;
            long release = deletes ? 0 : releases.merge(each, 1L, Long::sum);
            files.add(new FileMove(each, pointer.pointer().stable(), release));
            free &= pointer.pointer().rollout() == 0;
        }
        long number = board.newest() + 1;
        long lostAfter = chance.between(100, 800);
        RolloutPlan plan = new RolloutPlan(files, strategy(), "ann", "", "", lostAfter);
        boolean taken = free && chance.below(2) == 0;
        RolloutRecord record = RolloutRecord.created(
                number, plan, taken ? Phase.PENDING : Phase.QUEUED, fleet.time().now() / 1_000);
        if (!free) fleet.reach().mark(RolloutMarker.QUEUED_BEHIND_ANOTHER);
        node.propose(creation(record, taken, board), result -> {});
    }

    private static Operation.Txn creation(RolloutRecord record, boolean taken, Board board) {
        List<Compare> compares = new ArrayList<>();
        List<Operation> writes = new ArrayList<>();
        compares.add(Compare.absent(RolloutKeys.record("prod", record.number())));
        writes.add(Operation.Put.of(RolloutKeys.record("prod", record.number()), RecordCodec.encode(record)));
        for (FileMove each : record.plan().files()) {
            Board.Pointer pointer = board.pointer(each.file());
            if (!taken || pointer == null) continue;
            FileStand from = new FileStand(each.file(), each.before(), 0);
            Transition.Part part = Leading.part(PointerMove.ofAll(from, each.before(), record.number()), pointer);
            compares.addAll(part.compares());
            writes.addAll(part.writes());
        }
        return new Operation.Txn(compares, writes, List.of());
    }

    private Strategy strategy() {
        long apply = chance.between(200, 1_500);
        long undo = chance.between(300, 1_500);
        switch (chance.below(5)) {
            case 0, 1:
                Quorum quorum = chance.below(2) == 0 ? Quorum.ALL : Quorum.percent((int) chance.between(30, 100));
                return new Strategy.Atomic(
                        quorum, new Deadlines(chance.between(200, 1_500), chance.between(200, 1_500), apply, undo));
            case 2, 3:
                List<Stage> stages = new ArrayList<>();
                int percent = 0;
                for (int i = chance.below(3); i >= 0; i--) {
                    boolean judged = chance.below(3) == 0;
                    percent += (int) chance.between(1, 33);
                    long minimum = chance.between(0, 200);
                    stages.add(
                            chance.below(3) == 0
                                    ? Stage.count((int) chance.between(1, 4), minimum, judged)
                                    : Stage.percent(percent, minimum, judged));
                }
                Strategy.Tolerance tolerance = new Strategy.Tolerance(chance.below(3), chance.below(3));
                long verdict = chance.between(200, 800);
                Strategy.Progressive.Undecided undecided =
                        percent % 3 == 0 ? Strategy.Progressive.Undecided.UNDO : Strategy.Progressive.Undecided.PAUSE;
                return new Strategy.Progressive(stages, tolerance, apply, verdict, undecided, undo);
            default:
                return new Strategy.Immediate(apply, undo);
        }
    }

    // ---- interfering

    private void interfere() {
        fleet.time().after(chance.between(50_000, 1_500_000), () -> {
            Node node = fleet.any(chance);
            if (ready && node != null && !node.board().running().isEmpty()) {
                Board.Entry entry = chance.one(node.board().running());
                Command.Kind[] kinds = Command.Kind.values();
                Command.Kind kind = kinds[chance.below(kinds.length)];
                RolloutRecord record = entry.record();
                // Once all is well someone looks after what is paused, and leaves the others alone.
                if (fleet.isHealed()) kind = chance.below(2) == 0 ? Command.Kind.RESUME : Command.Kind.ABORT;
                boolean wanted = record != null && (!fleet.isHealed() || record.paused());
                if (wanted && record != null) command(node, node.leading().view(entry, record), kind);
            }
            interfere();
        });
    }

    private void command(Node node, View view, Command.Kind kind) {
        try {
            Transition transition = Coordinator.command(view, new Command(kind, "bob", "because"));
            node.leading().carryOut(view, transition, done -> {
                if (done.succeeded()) fleet.reach().mark(RolloutMarker.COMMAND_CARRIED_OUT);
            });
        } catch (AttuneException e) {
            // It does not stand so that it could be done.
        }
    }

    // ---- judging

    private void judge() {
        fleet.time().after(chance.between(20_000, 400_000), () -> {
            Node node = fleet.any(chance);
            if (node != null) {
                for (Board.Entry each : node.board().running()) {
                    RolloutRecord record = each.record();
                    if (record != null && record.phase() == Phase.STAGE) judge(node, record);
                }
            }
            judge();
        });
    }

    private void judge(Node node, RolloutRecord record) {
        int drawn = fleet.isHealed() ? 0 : chance.below(10);
        if (drawn > 7) return;
        long step = record.step();
        double score = 1;
        Verdict.Judgement judgement = Verdict.Judgement.PASSED;
        if (drawn == 7) {
            score = chance.below(2) == 0 ? Double.NaN : Double.POSITIVE_INFINITY;
            judgement = chance.below(2) == 0 ? Verdict.Judgement.PASSED : Verdict.Judgement.FAILED;
            fleet.reach().mark(RolloutMarker.VERDICT_WITHOUT_NUMBER);
        } else if (drawn == 6) {
            step = Math.max(1, step - 1);
            judgement = Verdict.Judgement.FAILED;
            fleet.reach().mark(RolloutMarker.VERDICT_OF_ANOTHER_STEP);
        } else if (drawn == 5) {
            judgement = Verdict.Judgement.FAILED;
        }
        Verdict verdict = new Verdict(step, judgement, score, "p99");
        node.propose(
                Operation.Put.of(RolloutKeys.verdict("prod", record.number()), RecordCodec.encode(verdict)),
                result -> {});
    }
}
