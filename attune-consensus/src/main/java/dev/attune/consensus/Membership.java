package dev.attune.consensus;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who takes part: voters decide, learners only follow.
 *
 * @param voters whose majority decides; empty only before a member has joined
 * @param witnesses those of both that keep no state: they vote or will, and never lead
 */
public record Membership(SortedSet<MemberId> voters, SortedSet<MemberId> learners, SortedSet<MemberId> witnesses) {
    public Membership {
        witnesses = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(witnesses));
        voters = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(voters));
        learners = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(learners));
        for (MemberId id : learners)
            if (voters.contains(id)) throw new IllegalArgumentException("member: " + id + " is voter and learner");
    }

    /** Without witnesses. */
    public Membership(SortedSet<MemberId> voters, SortedSet<MemberId> learners) {
        this(voters, learners, new TreeSet<>());
    }

    /** The voters that keep the state. */
    public SortedSet<MemberId> keepers() {
        SortedSet<MemberId> keepers = new TreeSet<>(voters);
        keepers.removeAll(witnesses);
        return keepers;
    }

    /** Nobody: what a member starts with that waits to be added by the leader. */
    public static Membership none() {
        return new Membership(new TreeSet<>(), new TreeSet<>());
    }

    public static Membership voters(MemberId... ids) {
        return new Membership(new TreeSet<>(java.util.Arrays.asList(ids)), new TreeSet<>());
    }

    public boolean contains(MemberId id) {
        return voters.contains(id) || learners.contains(id);
    }
}
