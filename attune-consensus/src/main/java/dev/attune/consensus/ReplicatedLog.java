package dev.attune.consensus;

import java.util.concurrent.CompletableFuture;

/**
 * One member's end of a log that all members agree on. Implemented by each engine; declared for the server.
 *
 * <p>Every method may be called from any thread and returns at once. Futures complete on an engine thread: callers
 * must not block in their callbacks. All failures are {@link dev.attune.model.AttuneException}s, and the code says
 * what became of a proposal: {@code OUTCOME_UNKNOWN} means it may still be applied, every other code that it
 * certainly was not and never will be (G4).
 */
public interface ReplicatedLog extends AutoCloseable {
    /**
     * Appends {@code command} and completes with what {@link StateMachine#apply} returned for it on this member: then
     * it is fsynced on a majority (G5) and applied here. Takes ownership of the array, which must not be empty.
     *
     * <p>Only the leader accepts; others fail with NOT_LEADER. More than the engine can queue fails with OVERLOADED.
     */
    CompletableFuture<byte[]> propose(byte[] command);

    /**
     * Completes once this member has applied everything that any member acknowledged before the call, so that a local
     * read is linearizable (G2). Confirmed by a quorum round that starts after the call; no clock is trusted (G3).
     * Works on every member; completes with the index reached.
     */
    CompletableFuture<Long> readBarrier();

    /** This member's present view. */
    LogStatus status();

    /**
     * Carries out one change, on the leader only; completes when it is committed. Addresses are the transport's
     * matter and must be known to it before.
     */
    CompletableFuture<Void> changeMembership(MembershipChange change);

    /** Hands leadership to a voter that has caught up; completes when this member no longer leads. */
    CompletableFuture<Void> transferLeadership(MemberId to);

    /** Writes a snapshot now and cuts the log behind it; completes with the snapshot's index. */
    CompletableFuture<Long> snapshot();

    /** Stops taking part, waits for running work and releases threads and files. Idempotent. */
    @Override
    void close();
}
