package dev.attune.consensus;

/** One step of a membership change; one at a time, through the log (G11). */
public sealed interface MembershipChange {
    MemberId member();

    /** Adds a member that follows without a vote, so that it can catch up first. */
    record AddLearner(MemberId member) implements MembershipChange {}

    /**
     * The same for a member that keeps no state: it will vote and never lead or be read from. Engines without such
     * members refuse with FAILED_PRECONDITION.
     */
    record AddWitness(MemberId member) implements MembershipChange {}

    /** Gives a learner that has caught up a vote; refused with FAILED_PRECONDITION while it lags. */
    record Promote(MemberId member) implements MembershipChange {}

    /** Takes a voter or learner out; its id is never used again. */
    record Remove(MemberId member) implements MembershipChange {}
}
