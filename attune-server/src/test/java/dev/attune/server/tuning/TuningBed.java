package dev.attune.server.tuning;

import dev.attune.config.audit.AuditRecord;
import dev.attune.config.format.Documents;
import dev.attune.config.instance.InstanceRecord;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.files.Edit;
import dev.attune.server.files.FileBatch;
import dev.attune.server.files.FileService;
import dev.attune.server.files.FileView;
import dev.attune.server.instances.Instances;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.keyspace.StoreKeyspace;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.server.rollouts.GuardCheck;
import dev.attune.server.rollouts.RolloutNode;
import dev.attune.server.rollouts.Rollouts;
import dev.attune.server.rollouts.SteppedRollouts;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Tuning over the real store in memory, with signals and time by hand. */
final class TuningBed implements AutoCloseable {
    static final Coordinate FILE = new Coordinate("prod", "orders", "default", "application.yaml");
    static final Coordinate POLICIES = new Coordinate("prod", "orders", "default", "queue.policy");
    static final PolicyId QUEUE = new PolicyId("prod", "orders", "queue");
    static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: queue, app: orders}
            spec:
              mode: auto
              key: queue.size
              range: {min: 8, max: 4096, relief: down}
              envelope: [32, 1024]
              goal: {metric: 'avg(heap, 30s)', below: 0.80, kind: hard, gain: 0.0005}
              guards:
                - {name: errors, expr: 'avg(errors, 30s)', limit: 0.5, critical: true}
              limits: {tick: 10s, urgentCooldown: 1m}
            """;

    final StoreKeyspace keyspace = new StoreKeyspace();
    final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
    final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
        }
    };
    final Reads reads = new Reads(keyspace);
    final FileService files = new FileService(keyspace, clock);
    final Fed signals = new Fed();
    final Ground ground;
    final TuneView views;
    final TuneActs acts;
    final TuneLab lab;
    final SteppedRollouts rollouts;
    private final List<String> instances = new ArrayList<>(List.of("i0", "i1"));
    private Runnable world = () -> {};
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    TuningBed() {
        Audit audit = new Audit(clock);
        Instances instances = new Instances(keyspace, new NoLeases(), "n1", clock);
        rollouts = new SteppedRollouts(reads, audit, clock);
        RolloutNode.Ground node = new RolloutNode.Ground(keyspace, Runnable::run, timer, () -> true, clock);
        PolicyShelf shelf = files.writes().shelf();
        ground = new Ground(
                reads,
                new Releases(new FileBatch(files.writes())),
                new Rollouts(node, files.writes(), instances, audit, GuardCheck.NONE).service(),
                audit,
                signals,
                shelf,
                new TuneMeters(),
                clock);
        views = new TuneView(reads, shelf);
        acts = new TuneActs(ground, views);
        lab = new TuneLab(ground, views, files.writes().policies());
    }

    /** What is measured, by hand, of two instances or as many as were named. */
    final class Fed implements PolicySignals {
        private final SignalStore store = new SignalStore("orders", SignalLimits.DEFAULT);
        private final Map<String, Double> levels = new TreeMap<>(Map.of("heap", 0.5, "errors", 0.0));
        private final Map<String, ToDoubleFunction<String>> own = new TreeMap<>();
        private boolean silent;
        private long sinceMillis;

        @Override
        public void want(String environment, String application, List<Selector> selectors) {
            store.want(selectors, List.of());
        }

        @Override
        public long sinceMillis() {
            return sinceMillis;
        }

        @Override
        public <T> CompletableFuture<T> ask(String environment, String application, Question<T> question) {
            return CompletableFuture.completedFuture(question.answer(store, Fleet.of(instances)));
        }

        void level(String metric, double value) {
            levels.put(metric, value);
        }

        /** A level that each instance has of its own. */
        void level(String metric, ToDoubleFunction<String> value) {
            own.put(metric, value);
        }

        /** As if another node had begun to listen. */
        void since(long millis) {
            sinceMillis = millis;
        }

        void silent(boolean now) {
            silent = now;
        }

        private void offer(String metric, String instance, double value) {
            store.offer("orders", new Sample.Gauge(SeriesId.of(metric, instance), millis.get(), value), millis.get());
        }

        private void measure() {
            if (silent) return;
            levels.forEach((metric, value) -> {
                for (String each : instances) offer(metric, each, value);
            });
            own.forEach((metric, value) -> {
                for (String each : instances) offer(metric, each, value.applyAsDouble(each));
            });
        }
    }

    /** Who is there, and what happens between two looks. */
    void fleet(List<String> ids, Runnable between) {
        instances.clear();
        instances.addAll(ids);
        world = between;
    }

    Pointer pointer() {
        return reads.one(FileKeys.pointer(FILE), ReadLevel.LINEARIZABLE)
                .join()
                .map(Pointer::decode)
                .orElseThrow();
    }

    /** The rollouts go on, and each instance has what its node would send it. */
    void settle(List<String> ids) {
        rollouts.settle("prod", Set.of());
        Pointer pointer = pointer();
        for (String each : ids) instance(each, pointer.releaseFor(InstanceSpec.of(each, "prod", "orders")), true);
    }

    private static final class NoLeases implements Leases {
        @Override
        public CompletableFuture<Long> keepAlive(long leaseId) {
            return CompletableFuture.completedFuture(0L);
        }

        @Override
        public CompletableFuture<Lease> lease(long leaseId) {
            return CompletableFuture.failedFuture(new IllegalStateException());
        }

        @Override
        public CompletableFuture<List<Long>> leases() {
            return CompletableFuture.completedFuture(List.of());
        }
    }

    /** A host on a node that believes to lead in this term. */
    TuningHost host(long term) {
        MemberId self = new MemberId("n" + term);
        return new TuningHost(
                ground,
                () -> new LogStatus(
                        self, LogStatus.Role.LEADER, Optional.of(self), term, 1, 1, 1, 1, Membership.voters(self)));
    }

    /** Lets so many steps of ten seconds pass, with the host looking at the end of each. */
    void steps(TuningHost host, int count) {
        for (int i = 0; i < count; i++) {
            for (int part = 0; part < 2; part++) {
                millis.addAndGet(5_000);
                world.run();
                signals.measure();
            }
            host.turn().join();
            world.run();
        }
    }

    void put(Coordinate file, String text) {
        files.publish(file, Bytes.utf8(text), Edit.by("ana", "")).join();
    }

    FileView read() {
        return files.read(FILE, ReadLevel.LINEARIZABLE).join();
    }

    /** What the audit trail says that somebody did, oldest first. */
    List<String> audited(String who) {
        return reads.range(AuditRecord.waiting(), ReadLevel.LINEARIZABLE).join().stream()
                .map(each -> AuditRecord.decode(each.value()))
                .filter(each -> each.who().equals(who))
                .map(AuditRecord::action)
                .toList();
    }

    /** The key's value in force. */
    @Nullable String value() {
        Map<String, String> keys = Documents.keys(FILE.file(), read().release().text());
        return keys == null ? null : keys.get("queue.size");
    }

    PolicyState state(PolicyId id) {
        return Survey.read(reads, ReadLevel.LINEARIZABLE).join().state(id).orElseThrow();
    }

    /** All decisions, oldest first. */
    List<DecisionEntry> decisions(PolicyId id) {
        return reads.range(TuneKeys.decisions(id, 0, 1_000_000), ReadLevel.LINEARIZABLE).join().stream()
                .map(each -> DecisionEntry.decode(each.value()))
                .toList();
    }

    DecisionEntry newest(PolicyId id) {
        List<DecisionEntry> all = decisions(id);
        return all.get(all.size() - 1);
    }

    /** Instances that follow the file and say that they have, or refused, a release. */
    void instance(String id, long release, boolean applied) {
        InstanceSpec spec = InstanceSpec.of(id, "prod", "orders");
        InstanceRecord record = new InstanceRecord(
                InstanceRecord.Spec.of(spec),
                "n1",
                millis.get(),
                List.of(),
                Map.of(FILE.file(), new InstanceRecord.State(release, applied, applied ? "" : "too small")),
                List.of(),
                true,
                Map.of(FILE.file(), release),
                false);
        Operation put = Operation.Put.of(InstanceRecord.key(spec, "c"), record.encode());
        reads.run(new Operation.Txn(List.of(), List.of(put), List.of())).join();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        keyspace.close();
    }
}
