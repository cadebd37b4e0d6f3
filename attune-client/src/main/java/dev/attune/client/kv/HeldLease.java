package dev.attune.client.kv;

import dev.attune.client.session.Session;
import dev.attune.client.steps.LeaseHold;
import dev.attune.model.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is kept alive in the background, three times within its time, until it is closed or lost. It counts as
 * lost when the centre says that it is gone, and when no renewal sent within its time was answered: then the centre may
 * have ended it, and whoever holds something by it must let go. Safe to share between threads.
 */
public final class HeldLease implements AutoCloseable, Session.Ticking {
    private final Session session;
    private final KvClient kv;
    private final long id;
    private final LeaseHold hold;
    private final CompletableFuture<String> lost = new CompletableFuture<>();

    /** @param grantedNanos when the grant was sent */
    HeldLease(Session session, KvClient kv, long id, Duration ttl, long grantedNanos) {
        this.session = session;
        this.kv = kv.withTimeout(ttl);
        this.id = id;
        this.hold = new LeaseHold(ttl.toNanos(), grantedNanos);
    }

    /** For {@code Operation.Put.withLease}. */
    public long id() {
        return id;
    }

    /** Whether the centre certainly still has it. */
    public boolean isHeld() {
        return !lost.isDone();
    }

    /** Completes, with the reason for people, once it is lost or closed; on one of the SDK's threads. */
    public CompletableFuture<String> ended() {
        return lost.copy();
    }

    @Override
    public void tick(long nowNanos) {
        if (lost.isDone()) return;
        switch (hold.tick(nowNanos)) {
            case LOST -> end("no answer within the lease's time");
            case RENEW -> kv.keepAlive(id).whenComplete((outcome, failure) -> renewed(nowNanos, outcome));
            case NOTHING -> {}
        }
    }

    private void renewed(long sentNanos, @Nullable WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.Ok) hold.answered(sentNanos);
        else hold.unanswered();
        if (outcome instanceof WriteOutcome.Failed failed && failed.code() == ErrorCode.LEASE_NOT_FOUND)
            end("the centre has ended it");
    }

    private void end(String reason) {
        if (lost.complete(reason)) session.remove(this);
    }

    /** Stops renewing and asks the centre to end the lease, without waiting for it. */
    @Override
    public void close() {
        boolean held = !lost.isDone();
        end("closed");
        if (held) kv.revokeLease(id);
    }
}
