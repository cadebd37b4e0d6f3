package dev.attune.consensus.paxos.message;

/**
 * Who proposes: a number that rises with each election, and the member that took it. Ballots of one round but different
 * owners are never both obeyed by one acceptor, so that at most one member leads in a round.
 *
 * @param round 0 for the ballot before all others
 * @param owner the member's id; empty in round 0
 */
public record Ballot(long round, String owner) implements Comparable<Ballot> {
    /** Before all others; nobody proposes in it. */
    public static final Ballot ZERO = new Ballot(0, "");

    public Ballot {
        if (round < 0) throw new IllegalArgumentException("round: " + round + " (expected: >= 0)");
        if (owner.length() > 63 || owner.isEmpty() != (round == 0))
            throw new IllegalArgumentException(
                    "owner: \"" + owner + "\" (expected: 1 to 63 characters, none in round 0)");
    }

    /** Whether an acceptor that promised {@code promised} may still obey this ballot. */
    public boolean obeyedAfter(Ballot promised) {
        return round > promised.round || equals(promised);
    }

    @Override
    public int compareTo(Ballot other) {
        int byRound = Long.compare(round, other.round);
        return byRound != 0 ? byRound : owner.compareTo(other.owner);
    }

    @Override
    public String toString() {
        return round + "/" + owner;
    }
}
