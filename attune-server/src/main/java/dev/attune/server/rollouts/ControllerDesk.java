package dev.attune.server.rollouts;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.FileStand;
import dev.attune.rollout.coordinate.Presence;
import dev.attune.rollout.coordinate.Surroundings;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.http.Problems;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves rollouts on while this node leads: what the {@link Coordinator} says of what the {@link Mirror} shows is carried
 * out, one transaction of a rollout at a time. It keeps nothing that another leader would need. Lane only.
 */
final class ControllerDesk {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerDesk.class);

    private final Mirror mirror;
    private final Moves moves;
    private final Enrolment enrolment;
    private final Host host;
    private final TreeMap<RolloutId, Led> led = new TreeMap<>();

    /**
     * What the node lends.
     *
     * @param monotonicMillis a clock that never goes back
     * @param settle has {@link #settle} called soon
     * @param catchUp has the mirror told up to where the node has got, and {@link #settle} called then
     * @param ended told of each rollout that this node has ended
     */
    record Host(
            Executor lane,
            Clock clock,
            LongSupplier monotonicMillis,
            Runnable settle,
            Runnable catchUp,
            Consumer<RolloutRecord> ended) {}

    ControllerDesk(Mirror mirror, Moves moves, Enrolment enrolment, Host host) {
        this.mirror = mirror;
        this.moves = moves;
        this.enrolment = enrolment;
        this.host = host;
    }

    /** A rollout as this leader leads it. */
    private static final class Led {
        final Presence presence = new Presence();
        boolean busy;
        // Up to where the mirror must have come before the next step.
        long awaited;

        @Nullable SortedSet<InstanceRef> concerned;

        List<FileStand> files = List.of();
    }

    /** This node does not lead any more, or is to look at everything anew. */
    void forget() {
        led.clear();
    }

    /** Looks at every rollout that is not being moved already. */
    void settle() {
        led.keySet().retainAll(mirror.unfinished().keySet());
        for (Map.Entry<RolloutId, Mirror.Shown> each : mirror.unfinished().entrySet()) {
            Led one = led.computeIfAbsent(each.getKey(), none -> new Led());
            if (!one.busy && mirror.revision() >= one.awaited) step(each.getKey(), each.getValue(), one);
        }
    }

    private void step(RolloutId id, Mirror.Shown shown, Led one) {
        if (shown.record.phase() == Phase.PENDING && one.concerned == null) {
            enrol(shown, one);
            return;
        }
        if (shown.record.phase() == Phase.QUEUED && one.files.isEmpty()) {
            if (!shown.record.paused() && !mirror.waits(id, shown.record)) lookAtFiles(shown, one);
            return;
        }
        View view = view(id, shown, one);
        one.files = List.of();
        Coordinator.step(view).ifPresent(transition -> carryOut(view, transition, one));
    }

    private void enrol(Mirror.Shown shown, Led one) {
        one.busy = true;
        enrolment
                .of(shown.record)
                .whenComplete((found, failure) -> onLane(one, failure, () -> {
                    one.concerned = found.voting();
                    if (!found.silent().isEmpty())
                        LOG.info(
                                "event=rollout-not-asked rollout={} instances={}",
                                shown.record.number(),
                                found.silent().size());
                }));
    }

    private void lookAtFiles(Mirror.Shown shown, Led one) {
        one.busy = true;
        moves.stands(shown.record).whenComplete((found, failure) -> onLane(one, failure, () -> one.files = found));
    }

    private View view(RolloutId id, Mirror.Shown shown, Led one) {
        long now = host.monotonicMillis().getAsLong();
        SortedSet<InstanceRef> concerned = one.concerned;
        // First, as another step is another count of returns.
        long elapsed = one.presence.elapsedMillis(now, shown.record.step());
        Surroundings around = new Surroundings(
                shown.record.phase() == Phase.PENDING && concerned != null ? concerned : Collections.emptySortedSet(),
                one.presence.absentMillis(now),
                elapsed,
                host.clock().millis(),
                one.files,
                mirror.waits(id, shown.record),
                shown.verdict);
        return new View(shown.record, shown.recordRevision, shown.instances, around);
    }

    private void carryOut(View seen, Transition transition, Led one) {
        one.busy = true;
        // The mirror goes on changing while the transaction is being made.
        View view = new View(seen.record(), seen.recordRevision(), new TreeMap<>(seen.instances()), seen.around());
        moves.carryOut(view, transition, "rollout")
                .whenComplete((done, failure) -> onLane(one, failure, () -> {
                    // Also what was refused is looked at again only with what was in its way.
                    one.awaited = done.revision();
                    if (!done.succeeded()) return;
                    if (transition instanceof Transition.Move move
                            && move.next().phase().isEnd()) host.ended().accept(move.next());
                }));
    }

    private void onLane(Led one, @Nullable Throwable failure, Runnable then) {
        host.lane().execute(() -> {
            one.busy = false;
            if (failure == null) then.run();
            else told(failure);
            // What failed is looked at again at the next tick; what was done is seen by the watch.
            if (failure != null) return;
            if (mirror.revision() < one.awaited) host.catchUp().run();
            else host.settle().run();
        });
    }

    private static void told(Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        boolean usual = cause instanceof AttuneException known && known.code() != ErrorCode.INTERNAL;
        if (usual) LOG.debug("event=rollout-not-moved", cause);
        else LOG.warn("event=rollout-not-moved", cause);
    }

    /** Looks who is connected, for the rollouts of each environment; to be called about once a second. */
    void observe() {
        SortedSet<String> environments = new TreeSet<>();
        for (RolloutId each : mirror.unfinished().keySet()) environments.add(each.environment());
        for (String each : environments) {
            CompletableFuture<SortedSet<InstanceRef>> asked = enrolment.connected(each);
            asked.whenComplete((connected, failure) -> host.lane().execute(() -> {
                if (failure == null) observed(each, connected);
            }));
        }
    }

    private void observed(String environment, SortedSet<InstanceRef> connected) {
        long now = host.monotonicMillis().getAsLong();
        led.forEach((id, one) -> {
            Mirror.Shown shown = mirror.unfinished().get(id);
            if (shown != null && id.environment().equals(environment))
                one.presence.observe(now, shown.instances.keySet(), connected);
        });
        host.settle().run();
    }
}
