package dev.attune.server.subscribe;

import dev.attune.model.ErrorCode;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.rollout.Directive;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscription. Its state belongs to its follower's lane; {@link #resume} and {@link #close} are for any thread. */
final class Subscriber implements Subscriptions.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    final ViewKey key;
    final InstanceSpec instance;
    final long resumeAfter;
    private final SubscriptionSink sink;
    private final ApplicationFollower follower;
    private final Runnable onClose;
    private volatile boolean closed;
    // Lane only. The revision it must at least be shown when it starts.
    long target;
    // Lane only. True once it was served for the first time.
    boolean started;
    // Lane only. True while its sink has refused and it is owed the newest complete state.
    boolean behind;
    // Lane only. Directives that it has not been sent yet, one of each rollout.
    final Map<Long, Directive> owed = new TreeMap<>();

    Subscriber(
            ViewKey key,
            InstanceSpec instance,
            long resumeAfter,
            SubscriptionSink sink,
            ApplicationFollower follower,
            Runnable onClose) {
        this.key = key;
        this.instance = instance;
        this.resumeAfter = resumeAfter;
        this.sink = sink;
        this.follower = follower;
        this.onClose = onClose;
    }

    /** Offers the next update; what is refused is owed as a complete state. */
    void tell(SharedUpdate update) {
        if (!closed && !behind) behind = !offer(update);
    }

    /** Offers what a rollout asks; returns whether it is gone. */
    boolean tell(SubscriptionMessage.Directed directed) {
        return closed || offer(directed);
    }

    /** Offers what it is owed. */
    void catchUp(SharedUpdate complete) {
        if (!closed) behind = !offer(complete);
    }

    void end(ErrorCode code, String message) {
        if (closed) return;
        offer(new SubscriptionMessage.Ended(code, message));
        close();
    }

    private boolean offer(SubscriptionMessage message) {
        try {
            return sink.offer(message);
        } catch (RuntimeException e) {
            // The boundary to other protocols: a broken sink ends its own subscription and no other.
            LOG.warn("event=subscription-sink-failed", e);
            close();
            return true;
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void resume() {
        follower.resume(this);
    }

    @Override
    public void direct(Directive directive) {
        follower.direct(this, directive);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        follower.leave(this);
        onClose.run();
    }
}
