package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.ErrorCode;
import java.util.Optional;

/** Something a host may want to know or must act upon. */
public sealed interface Fact {
    /**
     * The member's part or view of who leads changed. A member is {@link Role#LEADER} only after an entry of its own
     * ballot was chosen, which is among the {@link Effects#chosen()} of the same step.
     *
     * @param ballot the highest promised, which is that of whoever leads or prepares to
     */
    record RoleChanged(Role role, Ballot ballot, Optional<MemberId> leader) implements Fact {}

    /** {@code configuration}, chosen at {@code slot}, is in force from the next slot on. */
    record ConfigurationChanged(long slot, Configuration configuration) implements Fact {}

    /** The proposal was certainly not made: NOT_LEADER. */
    record ProposalRefused(long id) implements Fact {}

    /** The proposal was made and this member cannot tell what becomes of it. */
    record ProposalUnknown(long id) implements Fact {}

    /** A local read is linearizable once {@code slot} is applied. */
    record ReadReady(long id, long slot) implements Fact {}

    /** No quorum confirmed the read; it may be asked again. */
    record ReadRefused(long id) implements Fact {}

    /** The membership asked for is in force, and a quorum of its members knows that durably: who was removed may go. */
    record ChangeDone(long id) implements Fact {}

    /** Certainly not changed, unless {@code code} is OUTCOME_UNKNOWN. */
    record ChangeRefused(long id, ErrorCode code, String reason) implements Fact {}

    /** This member does not lead any more. */
    record TransferDone(long id) implements Fact {}

    /** This member goes on as it was. */
    record TransferRefused(long id, ErrorCode code, String reason) implements Fact {}

    /**
     * {@code peer} needs chosen entries from {@code from} on that are not in memory: send it
     * {@link dev.attune.consensus.paxos.message.Message.Learn} from the log, or a snapshot when the log was cut.
     */
    record CatchUpWanted(MemberId peer, long from) implements Fact {}

    /** An interesting state was reached, for those who look at what tests reach. */
    record Reached(Marker marker) implements Fact {}
}
