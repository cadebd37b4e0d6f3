package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** What all roles of one member share. */
final class MemberState {
    final CoreOptions options;
    final MemberId self;
    final Outbox out;
    final Ledger ledger;
    private final RandomGenerator jitter;

    /** The last tick's time; meaningless before the first. */
    long now;

    Role role = Role.FOLLOWER;
    Optional<MemberId> leader = Optional.empty();
    /** When a leader was last heard of, in the time of ticks. */
    long leaderHeard;
    /** When the present attempt or patience ends. */
    long deadline;

    /** Nothing below it is obeyed any more. */
    Ballot promised;
    /** Whether that follows from entries only, which are no longer looked at once they are chosen. */
    final boolean promiseUnwritten;
    /** The ballot {@link #held} is about. */
    Ballot current = Ballot.ZERO;
    /** Each slot up to it is held with a value that is chosen or was accepted in {@link #current}. */
    long held;

    /** The highest round heard of. */
    long seenRound;

    /** Up to there this member has a durable snapshot, as far as it knows since it started. */
    long settled;
    /** Up to there every voter that keeps state has one, as the leader last said; 0 without witnesses. */
    long trim;

    boolean damaged;
    boolean resigned;

    MemberState(CoreOptions options, Recovered recovered, RandomGenerator jitter) {
        this.options = options;
        this.self = options.self();
        this.out = new Outbox();
        this.ledger = new Ledger(options, out, recovered);
        this.jitter = jitter;
        this.held = recovered.chosen();
        this.damaged = recovered.damaged();
        this.promised = recovered.promised();
        for (Entry entry : recovered.tail()) if (entry.ballot().round() > promised.round()) promised = entry.ballot();
        this.promiseUnwritten = !promised.equals(recovered.promised());
        this.seenRound = promised.round();
    }

    Configuration configuration() {
        return ledger.configuration();
    }

    /** Whether this member may stand for election. */
    boolean eligible() {
        return !damaged
                && !resigned
                && configuration().isVoter(self)
                && !configuration().isWitness(self);
    }

    SortedSet<MemberId> otherVoters() {
        SortedSet<MemberId> others = new TreeSet<>(configuration().voters());
        others.remove(self);
        return others;
    }

    /** A time between {@code millis} and twice that. */
    long spread(long millis) {
        return millis + jitter.nextLong(millis);
    }

    void saw(Ballot ballot) {
        seenRound = Math.max(seenRound, ballot.round());
    }

    /** Promises to obey nothing below {@code ballot}. */
    void promise(Ballot ballot) {
        promised = ballot;
        saw(ballot);
        out.write(new Effects.Write.SetPromised(ballot));
    }

    /** Moves on to counting what is held in {@code ballot}. */
    void count(Ballot ballot) {
        if (!current.equals(ballot)) {
            current = ballot;
            held = ledger.chosen();
        }
        countOn();
    }

    /** After something was learnt: what is chosen is held, and perhaps entries behind it that are there already. */
    void countOn() {
        held = Math.max(held, ledger.chosen());
        while (!current.equals(Ballot.ZERO) && ledger.ballotAt(held + 1).equals(current)) held++;
    }
}
