package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.List;

/** What may happen to a core. Ids are the host's, positive, and come back in effects. */
public sealed interface Input {
    /** Time passes. {@code nowMillis} is of any clock that does not go back; safety does not depend on it (G3). */
    record Tick(long nowMillis) implements Input {}

    /** A message arrived; it may be late, repeated or out of order. */
    record Received(MemberId from, Message message) implements Input {}

    /** An established connection to {@code member} closed: a hint that it died. */
    record Disconnected(MemberId member) implements Input {}

    /** Clients want commands appended; those that gathered go in together and leave in one message. */
    record Proposed(List<Proposal> proposals) implements Input {}

    /** All {@link Effects#writes()} of steps up to this one are durable. */
    record Persisted(long step) implements Input {}

    /** A reader wants to know from which slot on a local read is linearizable. */
    record ReadRequested(long id) implements Input {}

    /** An operator wants another membership. */
    record ChangeRequested(long id, MembershipChange change) implements Input {}

    /** An operator wants another voter to lead. */
    record TransferRequested(long id, MemberId to) implements Input {}

    /** The member is about to stop: a leader gives up leading and asks the most advanced voter to take over. */
    record Resigned() implements Input {}

    /**
     * A snapshot of the state up to {@code slot} is durable here.
     *
     * @param cutThrough the log up to there may be forgotten; at most {@code slot}
     */
    record SnapshotTaken(long slot, long cutThrough) implements Input {}

    /** A peer's snapshot up to {@code slot} is durable here and was restored. */
    record SnapshotInstalled(long slot, Configuration configuration) implements Input {}

    /**
     * A peer has a snapshot up to {@code slot}, in which {@code configuration} is in force; this member is a witness
     * and goes on behind it without having it.
     */
    record SnapshotSkipped(long slot, Configuration configuration) implements Input {}

    /** One command to append. */
    record Proposal(long id, byte[] command) {}
}
