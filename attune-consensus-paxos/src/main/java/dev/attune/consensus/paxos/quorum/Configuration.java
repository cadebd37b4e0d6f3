package dev.attune.consensus.paxos.quorum;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who takes part from some slot on, and how they decide. A configuration is itself a value in the log: one chosen at
 * slot s is in force from s+1 on, and only if its number follows that of the one before.
 *
 * @param number rises by one with each change; 0 for what members start with
 * @param witnesses members that keep no state: with a vote they promise and accept, but neither apply nor lead
 * @param learners members without a vote that follow
 */
public record Configuration(
        long number, QuorumSystem quorums, SortedSet<MemberId> witnesses, SortedSet<MemberId> learners) {
    /** Most learners. */
    public static final int LEARNERS_MAX = 255;

    public Configuration {
        witnesses = Collections.unmodifiableSortedSet(new TreeSet<>(witnesses));
        learners = Collections.unmodifiableSortedSet(new TreeSet<>(learners));
        if (number < 0) throw new IllegalArgumentException("number: " + number + " (expected: >= 0)");
        if (learners.size() > LEARNERS_MAX)
            throw new IllegalArgumentException("learners: " + learners.size() + " (expected: <= " + LEARNERS_MAX + ")");
        SortedSet<MemberId> voters = quorums.voters();
        for (MemberId learner : learners)
            if (voters.contains(learner))
                throw new IllegalArgumentException("member: " + learner + " is voter and learner");
        for (MemberId witness : witnesses)
            if (!voters.contains(witness) && !learners.contains(witness))
                throw new IllegalArgumentException(
                        "witnesses: " + witnesses + " (expected: some of " + voters + " and " + learners + ")");
        if (!voters.isEmpty() && witnesses.containsAll(voters))
            throw new IllegalArgumentException(
                    "witnesses: " + witnesses + " (expected: at least one voter keeps state)");
    }

    /** What a group starts with: no witnesses, no learners. */
    public static Configuration initial(QuorumSystem quorums) {
        return new Configuration(0, quorums, new TreeSet<>(), new TreeSet<>());
    }

    /** A majority of the voters decides. */
    public static Configuration initial(Membership membership) {
        return new Configuration(
                0, new QuorumSystem.Majority(membership.voters()), new TreeSet<>(), membership.learners());
    }

    /** Nobody: what a member knows that waits to be added. */
    public static Configuration none() {
        return initial(Membership.none());
    }

    public SortedSet<MemberId> voters() {
        return quorums.voters();
    }

    public boolean isVoter(MemberId member) {
        return quorums.voters().contains(member);
    }

    public boolean isWitness(MemberId member) {
        return witnesses.contains(member);
    }

    /** Voters and learners. */
    public SortedSet<MemberId> members() {
        SortedSet<MemberId> all = new TreeSet<>(quorums.voters());
        all.addAll(learners);
        return all;
    }

    public boolean contains(MemberId member) {
        return isVoter(member) || learners.contains(member);
    }

    /** As the seam shows it. */
    public Membership membership() {
        return new Membership(quorums.voters(), learners, witnesses);
    }

    /** The same with some of the members as witnesses; for what a group starts with. */
    public Configuration withWitnesses(Collection<MemberId> some) {
        return new Configuration(number, quorums, new TreeSet<>(some), learners);
    }

    /** A learner that keeps no state joins. */
    public Configuration withWitness(MemberId member) {
        SortedSet<MemberId> following = new TreeSet<>(learners);
        following.add(member);
        SortedSet<MemberId> watching = new TreeSet<>(witnesses);
        watching.add(member);
        return new Configuration(number + 1, quorums, watching, following);
    }

    public Configuration withLearner(MemberId member) {
        SortedSet<MemberId> more = new TreeSet<>(learners);
        more.add(member);
        return new Configuration(number + 1, quorums, witnesses, more);
    }

    /** A learner becomes a voter. */
    public Configuration withVoter(MemberId member) {
        SortedSet<MemberId> less = new TreeSet<>(learners);
        less.remove(member);
        return new Configuration(number + 1, quorums.with(member), witnesses, less);
    }

    public Configuration without(MemberId member) {
        SortedSet<MemberId> less = new TreeSet<>(learners);
        less.remove(member);
        SortedSet<MemberId> watching = new TreeSet<>(witnesses);
        watching.remove(member);
        QuorumSystem left = isVoter(member) ? quorums.without(member) : quorums;
        return new Configuration(number + 1, left, watching, less);
    }
}
