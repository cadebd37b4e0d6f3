package dev.attune.server.rollouts;

import dev.attune.rollout.record.Phase;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** What a node counts of rollouts. Safe to share between threads. */
public final class RolloutMeters {
    private final Map<Phase, AtomicLong> moves = new EnumMap<>(Phase.class);
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong webhookFailures = new AtomicLong();
    private volatile int running;

    public RolloutMeters() {
        for (Phase each : Phase.values()) moves.put(each, new AtomicLong());
    }

    void moved(Phase to) {
        AtomicLong count = moves.get(to);
        if (count != null) count.incrementAndGet();
    }

    void answered() {
        answers.incrementAndGet();
    }

    void refused() {
        refused.incrementAndGet();
    }

    void webhookFailed() {
        webhookFailures.incrementAndGet();
    }

    void running(int count) {
        running = count;
    }

    /** Rollouts that have not ended, as this node sees them. */
    public long running() {
        return running;
    }

    /** Answers of instances that were taken. */
    public long answers() {
        return answers.get();
    }

    /** Answers that were not to what was asked last. */
    public long refusedAnswers() {
        return refused.get();
    }

    /** Ends that could not be told to the address given. */
    public long webhookFailures() {
        return webhookFailures.get();
    }

    /** How often this node moved a rollout to each phase, by the phase's word. */
    public void moves(BiConsumer<String, Long> each) {
        moves.forEach((phase, count) -> each.accept(phase.name().toLowerCase(Locale.ROOT), count.get()));
    }
}
