package dev.attune.consensus.paxos.message;

import java.util.List;

/**
 * All that members say to each other. Slots are inclusive: {@code chosen} means every slot up to it is chosen, and
 * {@code held} that the sender has all up to it. Lists may be shared and are never changed.
 */
public sealed interface Message {
    /** Prober to voters: would you promise {@code next}? Changes nothing at the receiver. */
    record Probe(Ballot next) implements Message {}

    /**
     * The answer to {@link Probe}.
     *
     * @param promised the highest ballot the sender has promised
     * @param chosen the sender's
     */
    record ProbeReply(Ballot next, boolean granted, Ballot promised, long chosen) implements Message {}

    /** Phase 1a, once for all slots from {@code from} on. */
    record Prepare(Ballot ballot, long from) implements Message {}

    /**
     * Phase 1b: never again anything below {@code ballot}. Sent once that is durable.
     *
     * @param from as asked
     * @param chosen the sender's; when it is not below {@code from} there are no entries: the proposer must first learn
     * @param last the last slot the sender has accepted anything at
     * @param entries what it accepted from {@code from} on, without gaps; may end before {@code last}, then the
     *     proposer asks again behind it
     */
    record Promise(Ballot ballot, long from, long chosen, long last, List<Entry> entries) implements Message {}

    /**
     * Phase 2a, and the leader's heartbeat when it has no entries.
     *
     * @param seq rises with each one this leader sends
     * @param first slot of the first entry, or the slot after the last one sent; the receiver must hold all before
     * @param chosen the leader's
     * @param trim up to there every voter that keeps state has a snapshot, so that a witness may forget it; 0 without
     *     witnesses
     * @param confirm whether the sender wants a {@link Heard} at once
     * @param entries consecutive, all of {@code ballot}
     */
    record Accept(Ballot ballot, long seq, long first, long chosen, long trim, boolean confirm, List<Entry> entries)
            implements Message {}

    /**
     * Phase 2b, cumulative: the sender durably holds all up to {@code held}, each chosen or accepted in ballot.
     *
     * @param settled up to there the sender has a durable snapshot of the state
     * @param vote whether that counts; not while the sender's memory is damaged
     */
    record Accepted(Ballot ballot, long held, long settled, boolean vote) implements Message {}

    /** At the time of {@code Accept} number {@code seq} the sender had promised nothing above its ballot. */
    record Heard(Ballot ballot, long seq) implements Message {}

    /** {@code Accept} number {@code seq} came too early: the sender needs {@code expected} first. */
    record Missing(Ballot ballot, long seq, long expected) implements Message {}

    /** The sender has promised {@code promised} and cannot obey {@code refused} any more. */
    record Nack(Ballot refused, Ballot promised) implements Message {}

    /**
     * Asks for chosen entries from {@code from} on. A leader that holds less fills up to there with values for nobody,
     * which is what a damaged member waits for.
     */
    record Fetch(long from) implements Message {}

    /**
     * Chosen entries, from the sender's log or memory.
     *
     * @param entries consecutive, all chosen, each with the ballot the sender knows it in
     * @param chosen the sender's
     */
    record Learn(List<Entry> entries, long chosen) implements Message {}

    /** A follower's reader asks the leader for a barrier. */
    record ReadAsk(long id) implements Message {}

    /**
     * The answer to {@link ReadAsk}.
     *
     * @param slot to be applied before reading; negative when the sender could not confirm that it leads
     */
    record ReadAnswer(long id, long slot) implements Message {}

    /** The leader of {@code ballot} hands over: stand for election at once. */
    record TakeOver(Ballot ballot) implements Message {}

    /** A voter with a damaged memory asks what it may have helped to decide. */
    record RepairAsk(long nonce) implements Message {}

    /**
     * The answer to {@link RepairAsk}, of a voter with a sound memory.
     *
     * @param promised durable at the sender
     * @param last the last slot the sender has accepted anything at
     * @param chosen the sender's, durably
     */
    record RepairAnswer(long nonce, Ballot promised, long last, long chosen) implements Message {}
}
