package dev.attune.consensus;

import java.util.Optional;

/**
 * What one member knows of the log at one moment; only a hint about the others.
 *
 * @param term Raft term, or round of the Paxos ballot; rises at each election, so it fences whoever led before
 * @param committedIndex highest index this member knows committed
 * @param appliedIndex highest index this member has applied; at most {@code committedIndex}
 * @param firstIndex lowest index still in this member's log; what lies before is in the snapshot
 * @param lastIndex highest index in this member's log, committed or not
 */
public record LogStatus(
        MemberId self,
        Role role,
        Optional<MemberId> leader,
        long term,
        long firstIndex,
        long lastIndex,
        long committedIndex,
        long appliedIndex,
        Membership membership) {
    /** What a member does for the log at the moment. */
    public enum Role {
        LEADER,
        FOLLOWER,
        CANDIDATE,
        LEARNER,
        /** It votes, or will, and keeps no state: it can neither lead nor be read from. */
        WITNESS,
        /** Its log is damaged: it neither votes nor acknowledges until it has fetched everything anew (G7). */
        REPAIRING,
        /** Stopped after a fatal error or removed; it will not take part again without a restart. */
        FAILED
    }

    public boolean isLeader() {
        return role == Role.LEADER;
    }
}
