package dev.attune.rollout.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.rollout.Samples;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.RolloutPlan;
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
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A rollout whose transitions are carried out at once, and whose instances say what the test says. */
final class Scene {
    private final TreeMap<InstanceRef, Target> instances = new TreeMap<>();
    private final TreeSet<InstanceRef> connected = new TreeSet<>();
    private final TreeMap<InstanceRef, Long> absent = new TreeMap<>();
    private final List<FileStand> files = new ArrayList<>();
    private RolloutRecord record;
    private long revision = 10;
    private long recordRevision = 10;
    private long elapsed;
    private boolean waits;
    private @Nullable Verdict verdict;
    List<PointerMove> pointers = List.of();

    Scene(RolloutPlan plan, int fleet) {
        this(plan, fleet, Phase.PENDING);
    }

    Scene(RolloutPlan plan, int fleet, Phase phase) {
        record = RolloutRecord.created(7, plan, phase, 1_000);
        for (int i = 0; i < fleet; i++) connected.add(Samples.instance(i));
        for (FileMove each : plan.files()) files.add(new FileStand(each.file(), each.before(), 0));
    }

    RolloutRecord record() {
        return record;
    }

    Map<InstanceRef, Target> instances() {
        return instances;
    }

    View view() {
        return new View(
                record,
                recordRevision,
                instances,
                new Surroundings(connected, absent, elapsed, 2_000, files, waits, verdict));
    }

    /** Carries out what is due until nothing is. */
    Scene run() {
        for (int i = 0; i < 1_000; i++) {
            Optional<Transition> due = Coordinator.step(view());
            if (due.isEmpty()) return this;
            carryOut(due.get());
        }
        throw new AssertionError("no end at " + record);
    }

    void carryOut(Transition transition) {
        revision++;
        if (transition instanceof Transition.Mark mark) {
            for (InstanceChange each : mark.changes()) {
                Target now = instances.get(each.instance());
                assertThat(each.expectedRevision()).isEqualTo(now == null ? 0 : now.revision());
                instances.put(each.instance(), new Target(each.next(), revision));
            }
        } else if (transition instanceof Transition.Move move) {
            assertThat(move.next().step()).as("step").isEqualTo(record.step() + 1);
            if (move.next().phase() != record.phase()
                    || record.at().stage() != move.next().at().stage()) elapsed = 0;
            record = move.next();
            recordRevision = revision;
            pointers = move.pointers();
        }
    }

    Scene command(Command.Kind kind) {
        carryOut(Coordinator.command(view(), new Command(kind, "bob", "because")));
        return run();
    }

    Scene answer(int number, InstanceState state) {
        return answer(number, state, state.isRefusal() ? "no room" : "");
    }

    Scene answer(int number, InstanceState state, String reason) {
        revision++;
        instances.put(
                Samples.instance(number),
                new Target(new InstanceProgress(state, reason, record.step(), 3_000), revision));
        return run();
    }

    Scene all(InstanceState state) {
        for (InstanceRef each : List.copyOf(instances.keySet()))
            instances.put(each, new Target(new InstanceProgress(state, "", record.step(), 3_000), ++revision));
        return run();
    }

    Scene elapsed(long millis) {
        elapsed = millis;
        return run();
    }

    Scene absent(int number, long millis) {
        absent.put(Samples.instance(number), millis);
        return run();
    }

    Scene verdict(@Nullable Verdict given) {
        verdict = given;
        return run();
    }

    Scene judged(Verdict.Judgement judgement) {
        return verdict(new Verdict(record.step(), judgement, 1.0, "p99 3 times the baseline's"));
    }

    Scene waits(boolean given) {
        waits = given;
        return run();
    }

    Scene file(int index, long stable, long rollout) {
        files.set(index, new FileStand(files.get(index).file(), stable, rollout));
        return run();
    }

    InstanceState state(int number) {
        return progress(number).state();
    }

    InstanceProgress progress(int number) {
        Target target = instances.get(Samples.instance(number));
        assertThat(target).isNotNull();
        return java.util.Objects.requireNonNull(target).progress();
    }

    Map<InstanceState, Integer> states() {
        TreeMap<InstanceState, Integer> counts = new TreeMap<>();
        for (Target each : instances.values()) counts.merge(each.progress().state(), 1, Integer::sum);
        return counts;
    }

    /** The releases that the last move made current, and who holds the files. */
    List<String> moves() {
        List<String> moves = new ArrayList<>();
        for (PointerMove each : pointers)
            moves.add(each.from().stable() + "@" + each.from().rollout() + "→" + each.stable() + "@" + each.rollout());
        return moves;
    }
}
