package dev.attune.consensus.paxos.core;

import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.List;

/**
 * What a member finds on its disk when it starts.
 *
 * @param promised the last {@link Effects.Write.SetPromised}; entries of higher ballots count as promises too
 * @param chosen the highest slot known chosen: the last {@link Effects.Write.SetChosen}, as far as entries up to there
 *     are in the log, or what a durable snapshot covers when that is more. Never what the state machine has applied:
 *     its state may be durable before the entries are, and the core would then answer for slots that this member's
 *     disk does not hold. The host applies up to there on its own
 * @param configuration the one in force behind {@code chosen}, see {@link ConfigurationChain}
 * @param tail the entries behind {@code chosen}, without gaps
 * @param damaged part of what was written is lost, or all of it although the member took part before: it follows, but
 *     does not vote until every other voter has told it what it may have helped to decide (G7)
 * @param nonce differs at each start; told apart by it are answers to questions of an earlier life
 */
public record Recovered(
        Ballot promised, long chosen, Configuration configuration, List<Entry> tail, boolean damaged, long nonce) {
    public Recovered {
        tail = List.copyOf(tail);
        for (int i = 0; i < tail.size(); i++)
            if (tail.get(i).slot() != chosen + 1 + i)
                throw new IllegalArgumentException(
                        "tail: slot " + tail.get(i).slot() + " (expected: " + (chosen + 1 + i) + ")");
    }

    /** A member that never ran before. */
    public static Recovered nothing(Configuration initial, long nonce) {
        return new Recovered(Ballot.ZERO, 0, initial, List.of(), false, nonce);
    }
}
