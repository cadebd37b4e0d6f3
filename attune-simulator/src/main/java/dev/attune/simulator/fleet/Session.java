package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.model.rollout.Answer;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.time.EventHeap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection between an instance and a node: both ways in order, until it ends. */
final class Session {
    private final EventHeap time;
    private final Chance chance;
    private final long id;
    private final Node node;
    private final Instance instance;
    private final long latency;
    private long lastDown;
    private long lastUp;
    private boolean closed;
    private @Nullable Map<Coordinate, Long> lastSent;

    Session(EventHeap time, Chance chance, long id, Node node, Instance instance) {
        this.time = time;
        this.chance = chance;
        this.id = id;
        this.node = node;
        this.instance = instance;
        latency = chance.between(200, 5_000);
    }

    long id() {
        return id;
    }

    Instance instance() {
        return instance;
    }

    boolean isClosed() {
        return closed;
    }

    /** The state that was sent last; null for none. */
    @Nullable Map<Coordinate, Long> lastSent() {
        return lastSent;
    }

    void send(Message message) {
        if (message instanceof Message.Update update) lastSent = update.state();
        lastDown = Math.max(lastDown, time.now() + chance.between(latency / 2, latency * 3 / 2));
        time.after(lastDown - time.now(), () -> {
            if (!closed) instance.received(this, message);
        });
    }

    void answer(Answer answer) {
        lastUp = Math.max(lastUp, time.now() + chance.between(latency / 2, latency * 3 / 2));
        time.after(lastUp - time.now(), () -> {
            if (!closed) node.receive(() -> node.answered(this, answer));
        });
    }

    /** Ends it: what is under way is lost, and each side notices in its own time. */
    void close() {
        if (closed) return;
        closed = true;
        time.after(chance.between(500, 30_000), () -> node.receive(() -> node.closed(this)));
        time.after(chance.between(500, 30_000), () -> instance.closed(this));
    }
}
