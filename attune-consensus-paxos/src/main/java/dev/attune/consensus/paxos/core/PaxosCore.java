package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member of a Multi-Paxos group, as a function of what happens to it. One thread.
 *
 * <p>Safety rests on: a promise or acceptance leaves only once it is durable; a ballot is taken only once; a proposer
 * that a phase-1 quorum promised proposes again, at every slot where an acceptor of it holds something, the value of
 * the highest ballot; and quorums meet. Time only decides when elections are tried.
 */
public final class PaxosCore {
    private final MemberState state;
    private final Acceptor acceptor;
    private final Election election;
    private final Repair repair;
    private final FollowerReads followerReads;
    private @Nullable Leadership leadership;
    private boolean started;
    private Fact.RoleChanged told;

    /** @param jitter spreads elections; nothing else is left to chance */
    public PaxosCore(CoreOptions options, Recovered recovered, RandomGenerator jitter) {
        state = new MemberState(options, recovered, jitter);
        acceptor = new Acceptor(state, this::stepDown);
        election = new Election(state);
        repair = new Repair(state, recovered.nonce());
        followerReads = new FollowerReads(state, recovered.nonce());
        told = new Fact.RoleChanged(state.role, state.promised, state.leader);
    }

    /** Takes one input and says what is to be done. The first one must be a tick, which starts the timers. */
    public Effects step(Input input) {
        state.out.begin();
        long chosenBefore = state.ledger.chosen();
        if (input instanceof Input.Tick tick) tick(tick.nowMillis());
        else if (input instanceof Input.Received received) received(received.from(), received.message());
        else if (input instanceof Input.Proposed proposed) proposed(proposed);
        else if (input instanceof Input.Persisted persisted) persisted(persisted.step());
        else if (input instanceof Input.ReadRequested read) read(read.id());
        else if (input instanceof Input.Disconnected disconnected) disconnected(disconnected.member());
        else if (input instanceof Input.SnapshotTaken taken) snapshotTaken(taken);
        else if (input instanceof Input.SnapshotInstalled installed) snapshotInstalled(installed);
        else if (input instanceof Input.SnapshotSkipped skipped) snapshotSkipped(skipped);
        else requested(input);
        settle(chosenBefore);
        state.ledger.writeChosen(input instanceof Input.Tick);
        tellRole();
        return state.out.end();
    }

    /** What follows from the input for whoever prepares, leads or repairs. */
    private void settle(long chosenBefore) {
        if (state.ledger.chosen() > chosenBefore) election.onLearnt();
        if (election.collecting() && !state.eligible()) stepDown();
        // Each turn ends a phase 1, which only a change of members makes necessary again.
        while (election.won()) lead();
        if (leadership != null) advance(leadership);
        while (election.won()) lead();
        if (state.damaged) repair.check();
    }

    private void lead() {
        long start = state.ledger.chosen() + 1;
        long stop = election.proposeAgain();
        Leadership begun = new Leadership(state, election.ballot(), start, stop);
        leadership = begun;
        advance(begun);
    }

    private void advance(Leadership present) {
        switch (present.advance()) {
            case GO_ON -> {}
            case PREPARE_AGAIN -> {
                present.end();
                leadership = null;
                state.out.reached(Marker.PHASE1_REPEATED_FOR_CONFIGURATION);
                election.prepareAgain();
            }
            case LEAVE -> stepDown();
        }
    }

    private void tellRole() {
        Fact.RoleChanged now = new Fact.RoleChanged(state.role, state.promised, state.leader);
        if (now.equals(told)) return;
        if (!now.leader().equals(told.leader())) followerReads.refuseAll();
        told = now;
        state.out.fact(now);
    }

    private void stepDown() {
        Leadership ended = leadership;
        leadership = null;
        if (ended != null) ended.end();
        if (state.role == Role.FOLLOWER) return;
        state.role = Role.FOLLOWER;
        state.leader = Optional.empty();
        state.deadline = state.now + state.spread(state.options.electionMillis());
    }

    private void tick(long nowMillis) {
        state.now = Math.max(state.now, nowMillis);
        if (!started) start();
        if (leadership != null) {
            if (!leadership.tick()) stepDown();
        } else if (state.now >= state.deadline) {
            patienceEnded();
        }
        election.tick();
        repair.tick();
        followerReads.tick();
    }

    private void start() {
        started = true;
        if (state.promiseUnwritten) state.promise(state.promised);
        // A leader may be there: a member that starts must not help to depose it before it had a chance to be heard.
        state.leaderHeard = state.now;
        state.deadline = state.now + state.spread(state.options.electionMillis());
        boolean alone = state.configuration().quorums().phase1(List.of(state.self));
        if (alone) state.deadline = state.now;
    }

    private void patienceEnded() {
        stepDown();
        state.leader = Optional.empty();
        if (!state.eligible()) waitForOthers();
        else if (election.probe()) election.prepare();
    }

    /**
     * A member that must not stand for election and misses a leader. Perhaps it was removed, died before the members
     * that are left had heard of it, and is the only one that can tell them that they are to go on.
     */
    private void waitForOthers() {
        state.deadline = state.now + state.spread(state.options.electionMillis());
        if (!state.damaged && state.ledger.chosen() > 0) election.tellVoters();
    }

    private void persisted(long step) {
        election.onPersisted(step);
        if (leadership != null) leadership.onPersisted(step);
    }

    private void received(MemberId from, Message message) {
        if (from.equals(state.self) || !owned(from, message)) return;
        if (message instanceof Message.Accept accept) acceptor.onAccept(from, accept);
        else if (message instanceof Message.Prepare prepare) acceptor.onPrepare(from, prepare);
        else if (message instanceof Message.Learn learn) acceptor.onLearn(from, learn);
        else if (message instanceof Message.Fetch fetch) fetch(from, fetch);
        else if (message instanceof Message.Probe probe) election.onProbe(from, probe);
        else if (message instanceof Message.Promise promise) election.onPromise(from, promise);
        else if (message instanceof Message.RepairAsk ask) repair.onAsk(from, ask);
        else if (message instanceof Message.RepairAnswer answer) repair.onAnswer(from, answer);
        else if (message instanceof Message.ReadAnswer answer) followerReads.onAnswer(answer);
        else if (message instanceof Message.Nack nack) nack(nack);
        else if (message instanceof Message.TakeOver take) takeOver(take);
        else if (message instanceof Message.ProbeReply reply) {
            if (election.onProbeReply(from, reply)) election.prepare();
        } else if (message instanceof Message.ReadAsk ask) readFor(from, ask);
        else if (leadership != null) toLeader(leadership, from, message);
    }

    private void fetch(MemberId from, Message.Fetch fetch) {
        acceptor.onFetch(from, fetch);
        if (leadership != null && state.role == Role.LEADER) leadership.fillTo(fetch.from());
    }

    /** Whether the sender may speak in the ballot it names. */
    private static boolean owned(MemberId from, Message message) {
        Ballot named = null;
        if (message instanceof Message.Accept accept) named = accept.ballot();
        else if (message instanceof Message.Prepare prepare) named = prepare.ballot();
        else if (message instanceof Message.TakeOver take) named = take.ballot();
        return named == null || named.owner().equals(from.value());
    }

    private static void toLeader(Leadership leading, MemberId from, Message message) {
        if (message instanceof Message.Accepted accepted) leading.onAccepted(from, accepted);
        else if (message instanceof Message.Heard heard) leading.onHeard(from, heard);
        else if (message instanceof Message.Missing missing) leading.onMissing(from, missing);
    }

    private void nack(Message.Nack nack) {
        state.saw(nack.promised());
        boolean mine = state.role != Role.FOLLOWER
                && state.role != Role.PROBING
                && nack.refused().equals(election.ballot());
        if (!mine) return;
        state.out.reached(Marker.LEADER_REFUSED);
        stepDown();
    }

    private void takeOver(Message.TakeOver take) {
        if (!take.ballot().equals(state.promised) || !state.eligible() || state.role != Role.FOLLOWER) return;
        election.prepare();
    }

    private void proposed(Input.Proposed proposed) {
        if (leadership != null && state.role == Role.LEADER) leadership.propose(proposed.proposals());
        else
            for (Input.Proposal proposal : proposed.proposals())
                state.out.fact(new Fact.ProposalRefused(proposal.id()));
    }

    private void read(long id) {
        if (leadership != null && state.role == Role.LEADER) leadership.read(id, Optional.empty());
        else if (state.role == Role.FOLLOWER && state.leader.isPresent()) followerReads.ask(id, state.leader.get());
        else state.out.fact(new Fact.ReadRefused(id));
    }

    private void readFor(MemberId from, Message.ReadAsk ask) {
        if (leadership != null && state.role == Role.LEADER) leadership.read(ask.id(), Optional.of(from));
        else state.out.send(from, new Message.ReadAnswer(ask.id(), -1));
    }

    private void requested(Input input) {
        Leadership leading = state.role == Role.LEADER ? leadership : null;
        String refusal = "member " + state.self + " does not lead";
        if (input instanceof Input.ChangeRequested change) {
            if (leading != null) leading.change(change.id(), change.change());
            else state.out.fact(new Fact.ChangeRefused(change.id(), ErrorCode.NOT_LEADER, refusal));
        } else if (input instanceof Input.TransferRequested transfer) {
            if (leading != null) leading.transfer(transfer.id(), transfer.to());
            else state.out.fact(new Fact.TransferRefused(transfer.id(), ErrorCode.NOT_LEADER, refusal));
        } else if (input instanceof Input.Resigned) {
            state.resigned = true;
            if (leadership != null) leadership.resign();
            stepDown();
        }
    }

    private void disconnected(MemberId member) {
        if (state.role != Role.FOLLOWER || !state.leader.equals(Optional.of(member))) return;
        state.leader = Optional.empty();
        state.leaderHeard = state.now - state.options.electionMillis();
        long soon = state.now + state.spread(state.options.heartbeatMillis());
        state.deadline = Math.min(state.deadline, soon);
    }

    private void snapshotTaken(Input.SnapshotTaken taken) {
        state.settled = Math.max(state.settled, taken.slot());
        long through = Math.min(taken.cutThrough(), Math.min(taken.slot(), state.ledger.chosen()));
        // A witness could not be brought on by a snapshot, and would have to forget what another voter may lack.
        if (!state.configuration().witnesses().isEmpty()) through = Math.min(through, state.trim);
        if (through > 0) state.ledger.cut(through);
    }

    private void snapshotInstalled(Input.SnapshotInstalled installed) {
        state.settled = Math.max(state.settled, installed.slot());
        if (installed.slot() <= state.ledger.chosen()) return;
        state.ledger.install(installed.slot(), installed.configuration(), new Effects.Write.CutHead(installed.slot()));
        state.countOn();
    }

    private void snapshotSkipped(Input.SnapshotSkipped skipped) {
        long slot = skipped.slot();
        if (slot <= state.ledger.chosen()) return;
        Configuration configuration = skipped.configuration();
        state.ledger.install(slot, configuration, new Effects.Write.CutWitness(slot, configuration));
        state.countOn();
        repair.skippedTo(slot);
    }

    /** The configuration in force for the next slot. */
    public Configuration configuration() {
        return state.configuration();
    }

    public Role role() {
        return state.role;
    }

    /** Whoever this member follows, or itself. */
    public Optional<MemberId> leader() {
        return state.leader;
    }

    /** The highest ballot promised. */
    public Ballot promised() {
        return state.promised;
    }

    /** All slots up to it are chosen. */
    public long chosen() {
        return state.ledger.chosen();
    }

    /** The highest slot with an entry, of whatever ballot. */
    public long last() {
        return state.ledger.last();
    }

    /** Whether this member may not vote until it is repaired. */
    public boolean damaged() {
        return state.damaged;
    }

    /** Whether {@link Input.Proposed} would be taken at this moment. */
    public boolean leads() {
        return state.role == Role.LEADER;
    }
}
