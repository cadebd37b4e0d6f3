package dev.attune.server.rollouts;

import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.Operation;
import dev.attune.model.rollout.Answer;
import dev.attune.rollout.agent.Agent;
import dev.attune.rollout.agent.Due;
import dev.attune.rollout.agent.InstanceWrite;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.subscribe.Subscriptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the subscriptions of this node what rollouts want of them, and writes what they answer. Answers that come while
 * a write is under way are the next write; there is no timer. Lane only.
 */
final class AgentDesk {
    private static final Logger LOG = LoggerFactory.getLogger(AgentDesk.class);
    /** Each write compares a key, and the record once; the store takes 128 compares. */
    private static final int BATCH = 100;

    private static final int IN_FLIGHT_MAX = 2;

    private final Reads reads;
    private final Clock clock;
    private final Executor lane;
    private final BiConsumer<Runnable, Long> later;
    private final Runnable settle;
    private final RolloutMeters meters;
    private final Map<Long, Seated> seats = new LinkedHashMap<>();
    private Agent agent = new Agent();
    private int inFlight;

    /** A subscription of this node. */
    record Seated(String environment, InstanceRef instance, Subscriptions.Subscription subscription) {}

    /**
     * @param later runs a task on the lane after so many milliseconds
     * @param settle has {@link #settle} called soon
     */
    AgentDesk(
            Reads reads,
            Clock clock,
            Executor lane,
            BiConsumer<Runnable, Long> later,
            Runnable settle,
            RolloutMeters meters) {
        this.reads = reads;
        this.clock = clock;
        this.lane = lane;
        this.later = later;
        this.settle = settle;
        this.meters = meters;
    }

    /** Forgets what was shown of rollouts; it is shown again from the beginning. */
    void restart() {
        agent = new Agent();
        seats.forEach((id, seat) -> agent.subscribed(id, seat.environment, seat.instance));
    }

    void changed(Event event) {
        agent.changed(event);
    }

    void loaded() {
        agent.loaded();
    }

    void joined(long id, Seated seat) {
        seats.put(id, seat);
        agent.subscribed(id, seat.environment, seat.instance);
    }

    void left(long id) {
        if (seats.remove(id) != null) agent.unsubscribed(id);
    }

    void answered(long id, Answer answer) {
        if (agent.answered(id, answer)) meters.answered();
        else meters.refused();
    }

    /** Sends what is due and writes what was answered. */
    void settle() {
        for (Due due : agent.due()) {
            Seated seat = seats.get(due.subscription());
            if (seat != null) seat.subscription.direct(due.directive());
        }
        if (inFlight >= IN_FLIGHT_MAX) return;
        Map<String, List<InstanceWrite>> batches = new LinkedHashMap<>();
        for (InstanceWrite each : agent.writes(clock.millis()))
            batches.computeIfAbsent(
                            each.environment() + "/" + each.rollout() + "/" + each.recordRevision(),
                            none -> new ArrayList<>())
                    .add(each);
        for (List<InstanceWrite> same : batches.values())
            for (int from = 0; from < same.size(); from += BATCH)
                write(List.copyOf(same.subList(from, Math.min(same.size(), from + BATCH))));
    }

    private void write(List<InstanceWrite> batch) {
        Set<Compare> compares = new LinkedHashSet<>();
        List<Operation> writes = new ArrayList<>();
        for (InstanceWrite each : batch) {
            Operation.Txn one = each.txn();
            compares.addAll(one.compares());
            writes.addAll(one.then());
        }
        inFlight++;
        reads.run(new Operation.Txn(List.copyOf(compares), writes, List.of()))
                .whenComplete((done, failure) -> lane.execute(() -> {
                    inFlight--;
                    if (failure != null) LOG.debug("event=rollout-answers-not-written", failure);
                    // One that was overtaken takes the others of its batch with it; what is still true is written
                    // again.
                    if (failure != null || !done.succeeded()) again(batch);
                    settle.run();
                }));
    }

    private void again(List<InstanceWrite> batch) {
        later.accept(
                () -> {
                    batch.forEach(agent::retry);
                    settle.run();
                },
                50L);
    }
}
