package dev.attune.consensus.paxos.message;

/**
 * A value accepted at a slot.
 *
 * @param slot from 1
 * @param ballot in which it was accepted
 * @param value opaque; never written to after it was handed in
 */
public record Entry(long slot, Ballot ballot, Kind kind, byte[] value) {
    /** What a value is for. The order is stable on disk and wire. */
    public enum Kind {
        /** For nobody: lets a leader find out what is chosen, or be sure of it. */
        NOOP,
        /** The state machine's. */
        COMMAND,
        /** A {@link dev.attune.consensus.paxos.quorum.Configuration}, as {@link ConfigurationCodec} writes it. */
        CONFIGURATION
    }

    public Entry {
        if (slot < 1) throw new IllegalArgumentException("slot: " + slot + " (expected: >= 1)");
    }

    /** A value for nobody. */
    public static Entry noop(long slot, Ballot ballot) {
        return new Entry(slot, ballot, Kind.NOOP, new byte[0]);
    }

    /** The same value accepted in another ballot. */
    public Entry in(Ballot newBallot) {
        return ballot.equals(newBallot) ? this : new Entry(slot, newBallot, kind, value);
    }

    /** What it counts for where bytes are bounded. */
    public int bytes() {
        return value.length + 32;
    }
}
