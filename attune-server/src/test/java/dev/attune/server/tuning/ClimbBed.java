package dev.attune.server.tuning;

import dev.attune.config.format.Documents;
import dev.attune.config.instance.InstanceRecord;
import dev.attune.config.release.Pointer;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.keyspace.ReadLevel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/** A fleet whose goodput depends on the value that each instance has: the real store, rollouts and host, time by hand. */
final class ClimbBed implements AutoCloseable {
    static final PolicyId POOL = new PolicyId("prod", "orders", "pool");
    static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: pool, app: orders}
            spec:
              mode: auto
              key: queue.size
              envelope: [4, 104]
              maximize: 'avg(goodput, 10s)'
              windows: 2
              limits: {tick: 10s, perHour: 1000, cooldown: 0s}
            """;
    private static final double NOISE = 0.01;

    final TuningBed bed = new TuningBed();
    final Set<String> silent = new HashSet<>();
    /** Goodput of an instance with a value. */
    volatile DoubleUnaryOperator goodput = size -> 100 - (size - 54) * (size - 54) / 50;

    private final List<String> ids = new ArrayList<>();
    private final Map<String, Integer> has = new TreeMap<>();
    private final Map<Long, Integer> sizes = new HashMap<>();
    private final SplittableRandom random = new SplittableRandom(7);

    ClimbBed(int instances) {
        bed.put(TuningBed.FILE, "queue:\n  size: 24\n");
        for (int i = 0; i < instances; i++) ids.add("i" + i);
        bed.fleet(ids, this::move);
        bed.signals.level("goodput", each -> {
            // Nodes differ for good, by up to 10 %.
            double own = 1 + (ids.indexOf(each) % 3 - 1) * 0.1;
            return own * goodput.applyAsDouble(has.getOrDefault(each, 24)) * (1 + NOISE * (random.nextDouble() - 0.5));
        });
        move();
    }

    void policy(String text) {
        bed.put(TuningBed.POLICIES, text);
    }

    /** The rollouts go on, and each instance has what its node would send it. */
    private void move() {
        bed.rollouts.settle("prod", silent);
        Pointer pointer = bed.pointer();
        for (String each : ids) {
            if (silent.contains(each)) continue;
            long release = pointer.releaseFor(InstanceSpec.of(each, "prod", "orders"));
            Integer size = sizes.computeIfAbsent(release, this::size);
            has.put(each, size);
            bed.instance(each, release, true);
        }
    }

    private Integer size(long release) {
        String text = bed.ground
                .shelf()
                .release(TuningBed.FILE, release)
                .join()
                .text()
                .toUtf8();
        Map<String, String> keys =
                Objects.requireNonNull(Documents.keys(TuningBed.FILE.file(), dev.attune.model.Bytes.utf8(text)));
        return Integer.valueOf(Objects.requireNonNull(keys.get("queue.size")));
    }

    /** What each instance has in force, by its name. */
    Map<String, Integer> fleet() {
        return Map.copyOf(has);
    }

    /** How many have something else than all. */
    long deviating() {
        int all = Integer.parseInt(Objects.requireNonNull(bed.value()));
        return has.values().stream().filter(each -> each != all).count();
    }

    void steps(TuningHost host, int count) {
        bed.steps(host, count);
    }

    /** Lets time pass until a trial runs on its group. */
    PolicyState.Moving untilTrial(TuningHost host) {
        for (int i = 0; i < 60; i++) {
            steps(host, 1);
            Optional<PolicyState> state =
                    Survey.read(bed.reads, ReadLevel.LINEARIZABLE).join().state(POOL);
            PolicyState.Moving moving = state.map(PolicyState::moving).orElse(null);
            if (moving != null && moving.trial() != null && deviating() > 0) return moving;
        }
        throw new AssertionError("no trial: " + sentences());
    }

    /** Lets time pass until a trial has ended so. */
    DecisionEntry.Said untilDecided(TuningHost host, String step) {
        int before = steps().size();
        for (int i = 0; i < 30; i++) {
            steps(host, 1);
            for (DecisionEntry each : bed.decisions(POOL))
                if (each.number() > before && each.said().outcome().equals(step)) return each.said();
        }
        throw new AssertionError("never " + step + ": " + sentences());
    }

    PolicyState state() {
        return bed.state(POOL);
    }

    List<String> steps() {
        return bed.decisions(POOL).stream().map(each -> each.said().outcome()).toList();
    }

    List<String> sentences() {
        return bed.decisions(POOL).stream().map(each -> each.said().sentence()).toList();
    }

    RolloutRecord rollout(long number) {
        return bed.rollouts.record("prod", number);
    }

    /** An instance goes. */
    void leave(String id) {
        ids.remove(id);
        has.remove(id);
        bed.fleet(ids, this::move);
        InstanceSpec spec = InstanceSpec.of(id, "prod", "orders");
        bed.reads
                .run(new Operation.Txn(
                        List.of(), List.of(Operation.Delete.of(InstanceRecord.key(spec, "c"))), List.of()))
                .join();
    }

    @Override
    public void close() {
        bed.close();
    }
}
