package dev.attune.server.rollouts;

import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.SystemKeys;
import dev.attune.model.rollout.Answer;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.lane.Lane;
import dev.attune.server.lane.WatchInbox;
import dev.attune.server.subscribe.Subscriptions;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rollouts on one node: follows their keys, asks the subscriptions of this node, and, while it leads, moves them on.
 * One watch for all rollouts of all environments; when none runs, nothing happens but a look at a flag.
 *
 * <p>Callable from any thread; everything inside runs on one lane.
 */
public final class RolloutNode implements Voters {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutNode.class);
    private static final String ROOT = "rollout/";
    private static final long TICK_MILLIS = 100;
    private static final int OBSERVE_TICKS = 10;
    private static final long FOLLOW_RETRY_MILLIS = 500;

    private final Keyspace keyspace;
    private final Reads reads;
    private final Lane lane;
    private final ScheduledExecutorService timer;
    private final BooleanSupplier leading;
    private final RolloutMeters meters;
    private final Mirror mirror = new Mirror();
    private final AgentDesk agent;
    private final ControllerDesk controller;
    private final Waiting waiting = new Waiting();
    private final AtomicLong names = new AtomicLong();
    // All below: lane only.
    private boolean settling;
    // Whether something has come that the coordinator rests on; what instances answer is none of it before it is
    // stored.
    private boolean toMove;
    private boolean wasLeading;
    private int ticks;

    private @Nullable WatchInbox inbox;
    private Keyspace.@Nullable Watch watch;

    /**
     * What a node's rollouts stand on.
     *
     * @param workers runs the lane
     * @param timer short tasks; must not block
     * @param leading whether this node leads
     */
    public record Ground(
            Keyspace keyspace,
            Executor workers,
            ScheduledExecutorService timer,
            BooleanSupplier leading,
            Clock clock) {}

    RolloutNode(Ground ground, Moves moves, Enrolment enrolment, RolloutMeters meters, Webhooks webhooks) {
        this.keyspace = ground.keyspace();
        this.reads = new Reads(keyspace);
        this.timer = ground.timer();
        this.leading = ground.leading();
        this.meters = meters;
        this.lane = new Lane(ground.workers(), this::failed);
        this.agent = new AgentDesk(reads, ground.clock(), lane, this::later, this::settleSoon, meters);
        ControllerDesk.Host host = new ControllerDesk.Host(
                lane, ground.clock(), () -> System.nanoTime() / 1_000_000, this::moveSoon, this::catchUp, ended -> {
                    webhooks.tell(ended);
                    moves.forgetOld(ended);
                });
        this.controller = new ControllerDesk(mirror, moves, enrolment, host);
    }

    /** Begins. */
    void start() {
        lane.execute(this::follow);
        timer.scheduleWithFixedDelay(() -> lane.execute(this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public Seat joined(InstanceSpec spec, Subscriptions.Subscription subscription) {
        long id = names.incrementAndGet();
        InstanceRef instance = new InstanceRef(spec.application(), spec.id());
        AgentDesk.Seated seated = new AgentDesk.Seated(spec.environment(), instance, subscription);
        lane.execute(() -> {
            agent.joined(id, seated);
            if (!mirror.isEmpty()) settleSoon();
        });
        return new Seat() {
            @Override
            public void answered(Answer answer) {
                lane.execute(() -> {
                    agent.answered(id, answer);
                    settleSoon();
                });
            }

            @Override
            public void left() {
                lane.execute(() -> {
                    agent.left(id);
                    if (!mirror.isEmpty()) settleSoon();
                });
            }
        };
    }

    /** The rollouts that have not ended, as this node sees them. */
    CompletableFuture<List<RolloutService.Seen>> unfinished() {
        CompletableFuture<List<RolloutService.Seen>> answer = new CompletableFuture<>();
        lane.execute(() -> {
            List<RolloutService.Seen> all = new ArrayList<>();
            for (Mirror.Shown each : mirror.unfinished().values())
                all.add(new RolloutService.Seen(each.record, each.recordRevision, new TreeMap<>(each.instances)));
            answer.complete(all);
        });
        return answer;
    }

    private void tick() {
        if (watch == null || mirror.isEmpty()) return;
        if (!leads()) return;
        if (ticks++ % OBSERVE_TICKS == 0) controller.observe();
        moveSoon();
    }

    /**
     * Completes when the record of a rollout is moved next, or may have been; at the latest after so many milliseconds.
     * Whoever wants to miss nothing asks first and then looks.
     */
    CompletableFuture<Void> moved(RolloutId id, long millis) {
        CompletableFuture<Void> moved = new CompletableFuture<>();
        lane.execute(() -> waiting.add(id, moved));
        return moved.completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> lane.execute(() -> waiting.remove(id, moved)));
    }

    private boolean leads() {
        boolean now = leading.getAsBoolean();
        // The absences and times that were counted before another leader led are not this one's (R7).
        if (now && !wasLeading) controller.forget();
        wasLeading = now;
        return now;
    }

    private void moveSoon() {
        toMove = true;
        settleSoon();
    }

    /** Behind what is waiting in the lane already, so that many changes and answers are looked at once. */
    private void settleSoon() {
        if (settling) return;
        settling = true;
        lane.execute(() -> {
            settling = false;
            agent.settle();
            meters.running(mirror.unfinished().size());
            if (!toMove) return;
            toMove = false;
            if (!mirror.isEmpty() && leads()) controller.settle();
        });
    }

    private void catchUp() {
        Keyspace.Watch running = watch;
        if (running != null) running.requestProgress();
    }

    private void later(Runnable task, long millis) {
        try {
            timer.schedule(() -> lane.execute(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("event=rollouts-stopped", e);
        }
    }

    private void failed(RuntimeException failure) {
        LOG.error("event=rollouts-failed", failure);
        unwatch();
        later(this::follow, FOLLOW_RETRY_MILLIS);
    }

    private void unwatch() {
        inbox = null;
        Keyspace.Watch running = watch;
        watch = null;
        if (running != null) running.close();
    }

    /** Reads what is unfinished, then follows every change. */
    private void follow() {
        Loading loading = new Loading();
        environments(loading, SystemKeys.of(ROOT))
                .thenCompose(done -> records(loading, 0))
                .thenCompose(done -> targets(loading, 0))
                .whenComplete((done, failure) -> lane.execute(() -> {
                    if (failure == null) loaded(loading);
                    else later(this::follow, FOLLOW_RETRY_MILLIS);
                }));
    }

    private void loaded(Loading loading) {
        unwatch();
        mirror.clear();
        controller.forget();
        agent.restart();
        for (KeyValue each : loading.found) changed(new Event(each, null));
        mirror.advance(loading.revision);
        agent.loaded();
        waiting.movedAll();
        WatchInbox box = new WatchInbox(lane, this::handle);
        inbox = box;
        Keyspace.Watch started = keyspace.watch(WatchSpec.of(RolloutKeys.all(), loading.revision + 1), box);
        watch = started;
        box.fedBy(started);
        moveSoon();
    }

    private void changed(Event event) {
        mirror.changed(event).ifPresent(waiting::moved);
        agent.changed(event);
    }

    private void handle(WatchInbox from, WatchMessage message) {
        if (from != inbox) return;
        if (message instanceof WatchEvents events) {
            for (Event each : events.events()) changed(each);
            moveSoon();
        } else if (message instanceof WatchMessage.Progress progress) {
            mirror.advance(progress.revision());
            moveSoon();
        } else if (message instanceof WatchMessage.Cancelled cancelled) {
            LOG.info("event=rollouts-watched-anew code={}", cancelled.code());
            unwatch();
            later(this::follow, FOLLOW_RETRY_MILLIS);
        }
    }

    /** What is read at start, at one revision. */
    private static final class Loading {
        private final List<String> environments = new ArrayList<>();
        private final List<RolloutId> unfinished = new ArrayList<>();
        private final List<KeyValue> found = new ArrayList<>();
        private long revision;
    }

    /** Skips from environment to environment: one small read for each, however many rollouts it has had. */
    private CompletableFuture<Void> environments(Loading loading, Bytes from) {
        KeyRange left = new KeyRange(from, RolloutKeys.all().end());
        Operation.Range first =
                at(loading, Operation.Range.of(left).withLimit(1).withView(Operation.View.KEYS_ONLY));
        return reads.found(first, ReadLevel.STALE).thenCompose(read -> {
            if (loading.revision == 0) loading.revision = read.revision();
            if (read.keyValues().isEmpty()) return CompletableFuture.completedFuture(null);
            String environment = read.keyValues().get(0).key().toUtf8().split("/", -1)[1];
            loading.environments.add(environment);
            return environments(
                    loading,
                    KeyRange.prefix(SystemKeys.of(ROOT + environment + "/")).end());
        });
    }

    private static Operation.Range at(Loading loading, Operation.Range range) {
        return loading.revision == 0 ? range : range.atRevision(loading.revision);
    }

    private CompletableFuture<Void> records(Loading loading, int index) {
        if (index == loading.environments.size()) return CompletableFuture.completedFuture(null);
        Operation.Range range = Operation.Range.of(RolloutKeys.records(loading.environments.get(index)));
        return reads.found(at(loading, range), ReadLevel.STALE).thenCompose(read -> {
            for (KeyValue each : read.keyValues()) {
                RolloutRecord record = RecordCodec.decodeRecord(each.value());
                if (record.phase().isEnd()) continue;
                loading.found.add(each);
                loading.unfinished.add(new RolloutId(record.environment(), record.number()));
            }
            return records(loading, index + 1);
        });
    }

    private CompletableFuture<Void> targets(Loading loading, int index) {
        if (index == loading.unfinished.size()) return CompletableFuture.completedFuture(null);
        RolloutId id = loading.unfinished.get(index);
        Operation.Range instances = Operation.Range.of(RolloutKeys.instances(id.environment(), id.number()));
        Operation.Range verdict = Operation.Range.of(KeyRange.key(RolloutKeys.verdict(id.environment(), id.number())));
        return reads.found(at(loading, instances), ReadLevel.STALE)
                .thenCompose(read -> {
                    loading.found.addAll(read.keyValues());
                    return reads.found(at(loading, verdict), ReadLevel.STALE);
                })
                .thenCompose(read -> {
                    loading.found.addAll(read.keyValues());
                    return targets(loading, index + 1);
                });
    }
}
