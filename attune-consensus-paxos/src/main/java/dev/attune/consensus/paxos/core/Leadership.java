package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proposer in phase 2, from the end of phase 1 until it steps down. Proposals are pipelined up to the window. A
 * configuration is a stop sign: nothing is proposed behind it until it is chosen under the one before, and all behind
 * it is decided by the new one (G11).
 */
final class Leadership {
    private final MemberState state;
    private final Ballot ballot;
    private final Replication replication;
    private final ReadRounds reads;
    private final Deque<Input.Proposal> waiting = new ArrayDeque<>();
    private final Deque<Written> written = new ArrayDeque<>();
    // An entry of this ballot whose choice proves that this member leads.
    private long barrier;
    // The configuration that is not chosen yet, 0 for none.
    private long stopSlot;
    // The entry behind a change of this leader, until it is chosen; 0 for none.
    private long settlingSlot;
    // The request that the change under way came from, 0 for none.
    private long changeRequest;
    private @Nullable Transfer transfer;
    private long lastHeartbeat;

    private record Written(long step, long held) {}

    private record Transfer(long id, MemberId to, long deadline) {}

    // When the member to take over was last asked to; the beginning of time when not yet.
    private long askedAt = Long.MIN_VALUE;

    /** What became of a leadership after something was chosen. */
    enum Next {
        GO_ON,
        /** An earlier ballot's configuration is decided: phase 1 is needed under it. */
        PREPARE_AGAIN,
        /** This member is no voter any more. */
        LEAVE
    }

    /**
     * Begins phase 2, after {@link Election#proposeAgain()}.
     *
     * @param start the first slot that was not known chosen
     * @param stopSlot the slot of an undecided configuration, the last one proposed again; else 0
     */
    Leadership(MemberState state, Ballot ballot, long start, long stopSlot) {
        this.state = state;
        this.ballot = ballot;
        this.replication = new Replication(state, ballot, start);
        this.reads = new ReadRounds(state, replication);
        this.stopSlot = stopSlot;
        this.lastHeartbeat = state.now;
        if (stopSlot == 0) {
            append(Entry.Kind.NOOP, new byte[0], 0);
            barrier = state.held;
        }
        noteWritten();
        replication.send();
    }

    private void append(Entry.Kind kind, byte[] value, long proposal) {
        long slot = state.held + 1;
        state.ledger.accept(new Entry(slot, ballot, kind, value), proposal);
        state.held = slot;
    }

    private void noteWritten() {
        written.addLast(new Written(state.out.step(), state.held));
    }

    private boolean open() {
        return stopSlot == 0
                && transfer == null
                && !leaving()
                && state.held - state.ledger.chosen() < state.options.windowSlots()
                && state.ledger.openBytes() < state.options.windowBytes();
    }

    void propose(List<Input.Proposal> proposals) {
        waiting.addAll(proposals);
        flush();
        if (!waiting.isEmpty() && !changing() && transfer == null) state.out.reached(Marker.WINDOW_FULL);
        replication.send();
    }

    /** A damaged member waits until all up to {@code slot} is chosen: where nobody writes, there is nothing to choose. */
    void fillTo(long slot) {
        long end = Math.min(slot, state.ledger.chosen() + state.options.windowSlots());
        if (end <= state.held || !open() || !waiting.isEmpty()) return;
        while (state.held < end) append(Entry.Kind.NOOP, new byte[0], 0);
        noteWritten();
        replication.send();
        state.out.reached(Marker.FILLED_FOR_REPAIR);
    }

    private void flush() {
        boolean any = false;
        while (!waiting.isEmpty() && open()) {
            Input.Proposal proposal = waiting.removeFirst();
            append(Entry.Kind.COMMAND, proposal.command(), proposal.id());
            any = true;
        }
        if (any) noteWritten();
    }

    /** Whether this member is removed and only stays until the others can do without it. */
    private boolean leaving() {
        return settlingSlot != 0 && !state.eligible();
    }

    void onPersisted(long step) {
        while (!written.isEmpty() && written.peekFirst().step() <= step)
            replication.ownDurable(written.removeFirst().held());
    }

    void onAccepted(MemberId from, Message.Accepted accepted) {
        if (accepted.ballot().equals(ballot)) replication.onAccepted(from, accepted);
    }

    void onHeard(MemberId from, Message.Heard heard) {
        if (!heard.ballot().equals(ballot)) return;
        replication.onHeard(from, heard);
        reads.check();
    }

    void onMissing(MemberId from, Message.Missing missing) {
        if (!missing.ballot().equals(ballot)) return;
        replication.onMissing(from, missing);
        replication.send();
    }

    /** Chooses what can be, and does what that allows. */
    Next advance() {
        state.ledger.choose(replication.choosable());
        long chosen = state.ledger.chosen();
        if (stopSlot != 0 && chosen >= stopSlot) {
            stopSlot = 0;
            if (barrier == 0) return state.eligible() ? Next.PREPARE_AGAIN : leave();
            replication.reconfigure();
            settle();
        }
        if (settlingSlot != 0 && chosen >= settlingSlot) {
            boolean removed = leaving();
            settlingSlot = 0;
            if (changeRequest != 0) state.out.fact(new Fact.ChangeDone(changeRequest));
            changeRequest = 0;
            if (removed) return leave();
        }
        if (barrier != 0 && chosen >= barrier && state.role == Role.PREPARING) {
            state.role = Role.LEADER;
            state.leader = Optional.of(state.self);
        }
        // Who is left after a change may be nobody that would confirm anything.
        reads.check();
        flush();
        replication.send();
        handOver();
        return Next.GO_ON;
    }

    /**
     * Has the new members choose an entry behind the change. Whoever accepts it notes in the same write that the change
     * is chosen, so when it is chosen too, a quorum of the new members knows that for good. Before, those who were
     * removed may be the only ones to tell, and must not be switched off.
     */
    private void settle() {
        append(Entry.Kind.NOOP, new byte[0], 0);
        settlingSlot = state.held;
        noteWritten();
    }

    private Next leave() {
        state.out.reached(Marker.LEADER_REMOVED);
        replication.confirm();
        resign();
        return Next.LEAVE;
    }

    /** Lets the voter that is furthest stand for election. */
    void resign() {
        MemberId successor = replication.successor();
        if (successor != null) state.out.send(successor, new Message.TakeOver(ballot));
    }

    void read(long id, Optional<MemberId> asker) {
        reads.ask(id, asker);
    }

    void change(long id, MembershipChange change) {
        if (changing() || transfer != null) {
            String what = changing() ? "another membership change" : "a leadership transfer";
            state.out.fact(new Fact.ChangeRefused(id, ErrorCode.FAILED_PRECONDITION, what + " is under way"));
            return;
        }
        Optional<Fact.ChangeRefused> refusal =
                ChangeRules.refusal(id, change, state.configuration(), lag(change.member()), state.options);
        if (refusal.isPresent()) {
            state.out.fact(refusal.get());
            return;
        }
        Configuration next;
        try {
            next = ChangeRules.after(change, state.configuration());
        } catch (IllegalArgumentException e) {
            state.out.fact(new Fact.ChangeRefused(id, ErrorCode.FAILED_PRECONDITION, String.valueOf(e.getMessage())));
            return;
        }
        append(Entry.Kind.CONFIGURATION, ConfigurationCodec.encode(next), 0);
        stopSlot = state.held;
        changeRequest = id;
        noteWritten();
        replication.send();
    }

    private boolean changing() {
        return stopSlot != 0 || settlingSlot != 0;
    }

    private long lag(MemberId member) {
        return state.ledger.chosen() - replication.match(member);
    }

    void transfer(long id, MemberId to) {
        Configuration configuration = state.configuration();
        if (changing() || transfer != null)
            refuseTransfer(id, ErrorCode.FAILED_PRECONDITION, "a change or transfer is under way");
        else if (!configuration.isVoter(to))
            refuseTransfer(id, ErrorCode.NOT_FOUND, "member " + to + " is not a voter");
        else if (configuration.isWitness(to))
            refuseTransfer(id, ErrorCode.FAILED_PRECONDITION, "member " + to + " is a witness");
        else {
            transfer = new Transfer(id, to, state.now + state.options.electionMillis());
            askedAt = Long.MIN_VALUE;
            handOver();
        }
    }

    private void refuseTransfer(long id, ErrorCode code, String reason) {
        state.out.fact(new Fact.TransferRefused(id, code, reason));
    }

    private void handOver() {
        if (transfer == null || replication.match(transfer.to()) < state.held) return;
        if (askedAt != Long.MIN_VALUE && state.now - askedAt < state.options.heartbeatMillis()) return;
        askedAt = state.now;
        state.out.send(transfer.to(), new Message.TakeOver(ballot));
    }

    /** False when this member must step down because it does not hear a quorum. */
    boolean tick() {
        if (!replication.hearsQuorumSince(state.now - 2 * state.options.electionMillis())) {
            state.out.reached(Marker.STEPPED_DOWN_WITHOUT_QUORUM);
            return false;
        }
        if (transfer != null && state.now >= transfer.deadline()) {
            state.out.reached(Marker.TRANSFER_ABANDONED);
            refuseTransfer(transfer.id(), ErrorCode.FAILED_PRECONDITION, "the other member did not take over in time");
            transfer = null;
            flush();
            replication.send();
        }
        if (state.now - lastHeartbeat >= state.options.heartbeatMillis()) {
            lastHeartbeat = state.now;
            replication.confirm();
            handOver();
        }
        return true;
    }

    /** Tells everybody who waits; nothing may be called any more. */
    void end() {
        reads.refuseAll();
        for (Input.Proposal proposal : waiting) state.out.fact(new Fact.ProposalRefused(proposal.id()));
        if (state.held > state.ledger.chosen()) state.out.reached(Marker.STEPPED_DOWN_WITH_OPEN_ENTRIES);
        for (long proposal : state.ledger.takeOpenProposals()) state.out.fact(new Fact.ProposalUnknown(proposal));
        if (changeRequest != 0)
            state.out.fact(new Fact.ChangeRefused(
                    changeRequest, ErrorCode.OUTCOME_UNKNOWN, "this member stopped leading meanwhile"));
        if (transfer == null) return;
        state.out.reached(Marker.TRANSFERRED);
        state.out.fact(new Fact.TransferDone(transfer.id()));
    }
}
