package dev.attune.tuning.verdict;

/** What is thought of a stage or of one of its guards, the least serious first (tuning §3.6). */
public enum Verdict {
    /** Nothing speaks against going on. */
    OK,
    /** Too little is known: wait, and at the deadline do what the policy says. */
    INCONCLUSIVE,
    /** Something else changed at the same time, so nothing can be said: ask a person. */
    CONFOUNDED,
    /** The groups are not as they were drawn, so the comparison says nothing. */
    INVALID,
    /** An absolute bound, a dead instance, a veto, a new kind of error: roll back at once. */
    FAST_FAIL,
    /** Worse than allowed: roll back. */
    REGRESSION;

    /** Whether the change must be rolled back. */
    public boolean rollsBack() {
        return this == FAST_FAIL || this == REGRESSION;
    }

    /** The more serious of two. */
    public static Verdict worst(Verdict a, Verdict b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
