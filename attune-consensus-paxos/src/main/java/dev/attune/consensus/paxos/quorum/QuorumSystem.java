package dev.attune.consensus.paxos.quorum;

import dev.attune.consensus.MemberId;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whose agreement is enough, for phase 1 (electing a leader) and phase 2 (choosing a value). Every phase-1 quorum has a
 * member in common with every phase-2 quorum; a system for which this might not hold cannot be made. That is all that
 * safety needs: two phase-1 quorums may be disjoint.
 */
public sealed interface QuorumSystem {
    /** Most voters of one system. */
    int VOTERS_MAX = 63;

    /** Whose votes count. */
    SortedSet<MemberId> voters();

    /** Whether promises of {@code members} suffice to lead; members without a vote do not count. */
    boolean phase1(Collection<MemberId> members);

    /** Whether acceptance by {@code members} chooses a value; members without a vote do not count. */
    boolean phase2(Collection<MemberId> members);

    /** The system after {@code member} got a vote (of weight 1). */
    QuorumSystem with(MemberId member);

    /** The system after {@code member} lost its vote; it must not be the last. */
    QuorumSystem without(MemberId member);

    /**
     * Whether {@code members} meet every phase-1 quorum, so that nobody can have been elected behind their backs: what
     * a read needs.
     */
    default boolean meetsEveryPhase1(Collection<MemberId> members) {
        SortedSet<MemberId> rest = new TreeSet<>(voters());
        rest.removeAll(members);
        return !phase1(rest);
    }

    private static SortedSet<MemberId> checked(SortedSet<MemberId> voters) {
        if (voters.size() > VOTERS_MAX)
            throw new IllegalArgumentException("voters: " + voters.size() + " (expected: <= " + VOTERS_MAX + ")");
        return Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    }

    private static int count(SortedSet<MemberId> voters, Collection<MemberId> members) {
        int count = 0;
        for (MemberId voter : voters) if (members.contains(voter)) count++;
        return count;
    }

    private static SortedSet<MemberId> plus(SortedSet<MemberId> voters, MemberId member) {
        SortedSet<MemberId> more = new TreeSet<>(voters);
        more.add(member);
        return more;
    }

    private static SortedSet<MemberId> minus(SortedSet<MemberId> voters, MemberId member) {
        SortedSet<MemberId> less = new TreeSet<>(voters);
        less.remove(member);
        return less;
    }

    /**
     * More than half of the voters, for both phases.
     *
     * @param voters may be empty: then nobody can decide anything, as before a member has joined
     */
    record Majority(SortedSet<MemberId> voters) implements QuorumSystem {
        public Majority {
            voters = checked(voters);
        }

        @Override
        public boolean phase1(Collection<MemberId> members) {
            return 2 * count(voters, members) > voters.size();
        }

        @Override
        public boolean phase2(Collection<MemberId> members) {
            return phase1(members);
        }

        @Override
        public QuorumSystem with(MemberId member) {
            return new Majority(plus(voters, member));
        }

        @Override
        public QuorumSystem without(MemberId member) {
            return new Majority(minus(voters, member));
        }
    }

    /**
     * More than half of the weight, for both phases.
     *
     * @param weights each voter's weight, 1..1,000
     */
    record Weighted(SortedMap<MemberId, Integer> weights) implements QuorumSystem {
        /** Largest weight of one voter. */
        public static final int WEIGHT_MAX = 1000;

        public Weighted {
            weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
            if (weights.isEmpty() || weights.size() > VOTERS_MAX)
                throw new IllegalArgumentException("voters: " + weights.size() + " (expected: 1.." + VOTERS_MAX + ")");
            weights.forEach((voter, weight) -> {
                if (weight < 1 || weight > WEIGHT_MAX)
                    throw new IllegalArgumentException(
                            "weight of " + voter + ": " + weight + " (expected: 1.." + WEIGHT_MAX + ")");
            });
        }

        @Override
        public SortedSet<MemberId> voters() {
            return Collections.unmodifiableSortedSet(new TreeSet<>(weights.keySet()));
        }

        @Override
        public boolean phase1(Collection<MemberId> members) {
            int total = 0;
            int agreed = 0;
            for (var each : weights.entrySet()) {
                total += each.getValue();
                if (members.contains(each.getKey())) agreed += each.getValue();
            }
            return 2 * agreed > total;
        }

        @Override
        public boolean phase2(Collection<MemberId> members) {
            return phase1(members);
        }

        @Override
        public QuorumSystem with(MemberId member) {
            SortedMap<MemberId, Integer> more = new TreeMap<>(weights);
            more.putIfAbsent(member, 1);
            return new Weighted(more);
        }

        @Override
        public QuorumSystem without(MemberId member) {
            SortedMap<MemberId, Integer> less = new TreeMap<>(weights);
            less.remove(member);
            return new Weighted(less);
        }
    }

    /**
     * Fixed numbers of voters for each phase: a small phase 2 makes writes cheap, the large phase 1 that it asks for
     * makes elections dear.
     *
     * @param electing how many promises make a leader, 1..n
     * @param choosing how many acceptances choose a value, 1..n; together more than n
     */
    record Flexible(SortedSet<MemberId> voters, int electing, int choosing) implements QuorumSystem {
        public Flexible {
            voters = checked(voters);
            int n = voters.size();
            if (electing < 1 || electing > n)
                throw new IllegalArgumentException("electing: " + electing + " (expected: 1.." + n + ")");
            if (choosing < 1 || choosing > n)
                throw new IllegalArgumentException("choosing: " + choosing + " (expected: 1.." + n + ")");
            if (electing + choosing <= n)
                throw new IllegalArgumentException("electing + choosing: " + (electing + choosing) + " (expected: > "
                        + n + ", else two quorums might not meet)");
        }

        @Override
        public boolean phase1(Collection<MemberId> members) {
            return count(voters, members) >= electing;
        }

        @Override
        public boolean phase2(Collection<MemberId> members) {
            return count(voters, members) >= choosing;
        }

        /** Keeps the number that chooses and elects with as many as that needs. */
        @Override
        public QuorumSystem with(MemberId member) {
            SortedSet<MemberId> more = plus(voters, member);
            return new Flexible(more, more.size() + 1 - choosing, choosing);
        }

        /** Keeps the number that chooses, as long as there are so many, and elects with as many as that needs. */
        @Override
        public QuorumSystem without(MemberId member) {
            SortedSet<MemberId> less = minus(voters, member);
            int kept = Math.min(choosing, less.size());
            return new Flexible(less, less.size() + 1 - kept, kept);
        }
    }
}
