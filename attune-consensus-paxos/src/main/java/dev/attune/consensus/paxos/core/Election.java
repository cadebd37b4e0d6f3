package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The prober and the proposer's phase 1. A probe asks first whether a quorum misses its leader too and changes nothing,
 * so a member that was cut off deposes nobody. Then one prepare stands for all open slots.
 *
 * <p>A proposer merges only promises of acceptors that know no more chosen slots than itself; from others it first
 * learns. Otherwise it might propose at a slot whose acceptors have already forgotten what was chosen there.
 */
final class Election {
    private final MemberState state;
    private final SortedSet<MemberId> granted = new TreeSet<>();
    private final SortedMap<MemberId, Pages> promises = new TreeMap<>();
    // The value of the highest ballot for each slot that any promise names.
    private final TreeMap<Long, Entry> merged = new TreeMap<>();

    private Ballot ballot = Ballot.ZERO;
    private boolean collecting;
    private long from;
    // The step with which this member's own promise is written; 0 once that is durable.
    private long ownPromiseStep;
    private long lastAsked;
    private @Nullable MemberId teacher;
    private long teacherChosen;

    Election(MemberState state) {
        this.state = state;
    }

    /** How far the promise of one acceptor has come, page by page. */
    private static final class Pages {
        private long next;
        private boolean complete;
    }

    Ballot ballot() {
        return ballot;
    }

    /** Whether promises are being collected. */
    boolean collecting() {
        return state.role == Role.PREPARING && collecting;
    }

    /** Asks the voters whether they would welcome an election; true when this member's own vote is enough. */
    boolean probe() {
        state.role = Role.PROBING;
        state.leader = java.util.Optional.empty();
        collecting = false;
        granted.clear();
        granted.add(state.self);
        state.deadline = state.now + state.spread(Math.max(1, state.options.electionMillis() / 2));
        if (state.configuration().quorums().phase1(granted)) return true;
        Ballot next = new Ballot(state.seenRound + 1, state.self.value());
        for (MemberId voter : state.otherVoters()) state.out.send(voter, new Message.Probe(next));
        return false;
    }

    void onProbe(MemberId prober, Message.Probe probe) {
        boolean leaderLives = state.role == Role.LEADER
                || state.role == Role.PREPARING
                || state.now - state.leaderHeard < state.options.electionMillis();
        boolean welcome = !leaderLives && !state.damaged;
        if (!welcome) state.out.reached(Marker.PROBE_DENIED);
        state.out.send(prober, new Message.ProbeReply(probe.next(), welcome, state.promised, state.ledger.chosen()));
    }

    /** Says how much is known here, as an answer to a probe that nobody sent. */
    void tellVoters() {
        Message told = new Message.ProbeReply(Ballot.ZERO, false, state.promised, state.ledger.chosen());
        for (MemberId voter : state.otherVoters()) state.out.send(voter, told);
    }

    /** True when a quorum welcomes the election. */
    boolean onProbeReply(MemberId voter, Message.ProbeReply reply) {
        state.saw(reply.promised());
        boolean probing = state.role == Role.PROBING;
        boolean missesLeader = probing || (state.role == Role.FOLLOWER && state.leader.isEmpty());
        if (missesLeader && reply.chosen() > state.ledger.chosen()) {
            // Perhaps a change of members is among it, and waiting for votes in vain would never end. After such a
            // change the voters may be others, and only this tells them which rounds are taken.
            state.out.reached(probing ? Marker.PROBER_LEARNT : Marker.TOLD_BY_AN_ONLOOKER);
            if (reply.promised().compareTo(state.promised) > 0) state.promise(reply.promised());
            state.out.send(voter, new Message.Fetch(state.ledger.chosen() + 1));
        }
        if (!probing || !state.eligible() || !reply.granted()) return false;
        granted.add(voter);
        return state.configuration().quorums().phase1(granted);
    }

    /** Takes a new ballot and begins phase 1. */
    void prepare() {
        ballot = new Ballot(state.seenRound + 1, state.self.value());
        state.promise(ballot);
        ownPromiseStep = state.out.step();
        state.role = Role.PREPARING;
        state.leader = java.util.Optional.empty();
        state.deadline = state.now + state.spread(state.options.electionMillis());
        begin();
        // The ballot must never be taken again, not even after a crash, once anybody knows of it.
        for (MemberId voter : state.otherVoters()) state.out.sendOnceDurable(voter, new Message.Prepare(ballot, from));
    }

    /** Phase 1 of the same ballot from what is chosen by now, under the configuration in force by now. */
    void prepareAgain() {
        begin();
        ask();
    }

    private void begin() {
        collecting = true;
        from = state.ledger.chosen() + 1;
        promises.clear();
        merged.clear();
        teacher = null;
        teacherChosen = 0;
        lastAsked = state.now;
    }

    private void ask() {
        lastAsked = state.now;
        if (ownPromiseStep != 0) return;
        for (MemberId voter : state.otherVoters()) {
            Pages pages = promises.get(voter);
            if (pages == null) state.out.send(voter, new Message.Prepare(ballot, from));
            else if (!pages.complete) state.out.send(voter, new Message.Prepare(ballot, pages.next));
        }
        if (teacher != null) state.out.send(teacher, new Message.Fetch(state.ledger.chosen() + 1));
    }

    /** Asks again whoever has not answered. */
    void tick() {
        if (collecting() && state.now - lastAsked >= state.options.heartbeatMillis()) ask();
    }

    void onPersisted(long step) {
        if (ownPromiseStep != 0 && step >= ownPromiseStep) ownPromiseStep = 0;
    }

    void onPromise(MemberId voter, Message.Promise promise) {
        if (!collecting() || !promise.ballot().equals(ballot)) return;
        if (promise.chosen() >= from) {
            learnFrom(voter, promise.chosen());
            return;
        }
        Pages pages = promises.computeIfAbsent(voter, unused -> {
            Pages fresh = new Pages();
            fresh.next = from;
            return fresh;
        });
        if (pages.complete || promise.from() != pages.next) return;
        for (Entry entry : promise.entries())
            merged.merge(entry.slot(), entry, (a, b) -> a.ballot().compareTo(b.ballot()) >= 0 ? a : b);
        pages.next += promise.entries().size();
        pages.complete = pages.next > promise.last();
        if (pages.complete || promise.entries().isEmpty()) return;
        state.out.reached(Marker.PROMISE_PAGED);
        state.out.send(voter, new Message.Prepare(ballot, pages.next));
    }

    private void learnFrom(MemberId voter, long chosen) {
        if (chosen <= teacherChosen && teacher != null) return;
        state.out.reached(Marker.PROPOSER_LEARNT_FIRST);
        teacher = voter;
        teacherChosen = chosen;
        state.out.send(voter, new Message.Fetch(state.ledger.chosen() + 1));
    }

    /** To be called when more is chosen than before; phase 1 begins again once all that was heard of is known. */
    void onLearnt() {
        if (collecting() && state.ledger.chosen() >= Math.max(from, teacherChosen)) prepareAgain();
    }

    /** Whether a quorum has promised, and completely. */
    boolean won() {
        if (!collecting() || ownPromiseStep != 0 || state.ledger.chosen() >= from) return false;
        SortedSet<MemberId> complete = new TreeSet<>();
        complete.add(state.self);
        for (Map.Entry<MemberId, Pages> each : promises.entrySet())
            if (each.getValue().complete) complete.add(each.getKey());
        return state.configuration().quorums().phase1(complete);
    }

    /**
     * Accepts for itself, in its ballot, what may have been chosen; up to a configuration that is not decided yet,
     * because what lies behind that needs phase 1 under it.
     *
     * @return the slot of such a configuration, else 0
     */
    long proposeAgain() {
        collecting = false;
        Ledger ledger = state.ledger;
        long end = Math.max(merged.isEmpty() ? 0 : merged.lastKey(), ledger.last());
        state.current = ballot;
        state.held = ledger.chosen();
        for (long slot = from; slot <= end; slot++) {
            Entry value = value(slot);
            ledger.accept(value.in(ballot), 0);
            state.held = slot;
            if (ConfigurationChain.changeBy(value, ledger.configuration()).isPresent()) return slot;
        }
        return 0;
    }

    private Entry value(long slot) {
        Entry told = merged.get(slot);
        Entry own = slot <= state.ledger.last() ? state.ledger.get(slot) : null;
        boolean ownIsNewer = told == null || (own != null && own.ballot().compareTo(told.ballot()) > 0);
        Entry value = ownIsNewer ? own : told;
        // Each acceptor's entries begin at the first open slot and have no gap, so the longest names every slot.
        if (value == null) throw new IllegalStateException("slot " + slot + " lies before " + merged.keySet());
        state.out.reached(Marker.VALUE_PROPOSED_AGAIN);
        return value;
    }
}
