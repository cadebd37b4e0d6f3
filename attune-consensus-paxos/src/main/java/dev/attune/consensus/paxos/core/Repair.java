package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Message;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The way back of a voter whose memory is damaged (G7). It cannot know what it promised or accepted, so it does not
 * vote until every other voter has told it what they know, and it has learnt all that it may have helped to choose.
 *
 * <p>Why that is enough. A ballot it promised is promised by the ballot's owner too, who wrote it down before it asked
 * for promises. A value it helped to choose is held by another member of that quorum, or was given up with the
 * leader's memory before anybody could act on it. A change of members that it does not know was chosen by a quorum
 * of the members before, one of which answers with a slot behind it; so it learns of the change and must ask the new
 * ones too. A member that is a quorum on its own can never be repaired like this.
 *
 * <p>A witness that went on behind a snapshot holds nothing before it any more, though it helped to choose it. It votes
 * again only when every voter that keeps state durably knows all of that to be chosen: else one of them and this witness
 * could be a quorum of which nobody has it.
 */
final class Repair {
    private final MemberState state;
    private final long nonce;
    private final SortedMap<MemberId, Message.RepairAnswer> answers = new TreeMap<>();
    private long lastAsked = Long.MIN_VALUE;
    private long lastChosen;
    // A witness holds nothing up to there.
    private long skipped;

    Repair(MemberState state, long nonce) {
        this.state = state;
        this.nonce = nonce;
        if (state.configuration().isWitness(state.self)) skipped = state.ledger.chosen();
    }

    /** A witness went on behind a snapshot. */
    void skippedTo(long slot) {
        skipped = slot;
    }

    void tick() {
        if (!state.damaged) return;
        if (lastAsked != Long.MIN_VALUE && state.now - lastAsked < state.options.heartbeatMillis()) return;
        lastAsked = state.now;
        for (MemberId voter : state.otherVoters())
            if (!answers.containsKey(voter)) state.out.send(voter, new Message.RepairAsk(nonce));
        askForMore();
    }

    /**
     * Some voter holds entries behind all that is chosen, perhaps of a ballot long given up. Only once the slots are
     * chosen it is sure what became of them, and where nobody writes the leader has to be asked for that.
     */
    private void askForMore() {
        long chosen = state.ledger.chosen();
        boolean quiet = chosen == lastChosen;
        lastChosen = chosen;
        long wanted = 0;
        for (Message.RepairAnswer answer : answers.values()) wanted = Math.max(wanted, answer.last());
        if (quiet && wanted > chosen && state.leader.isPresent())
            state.out.send(state.leader.get(), new Message.Fetch(wanted));
    }

    void onAsk(MemberId from, Message.RepairAsk ask) {
        if (state.damaged) return;
        state.ledger.assureChosen();
        state.out.sendOnceDurable(
                from,
                new Message.RepairAnswer(ask.nonce(), state.promised, state.ledger.last(), state.ledger.chosen()));
    }

    void onAnswer(MemberId from, Message.RepairAnswer answer) {
        if (state.damaged && answer.nonce() == nonce) answers.putIfAbsent(from, answer);
    }

    /** To be called after anything was heard or learnt. */
    void check() {
        if (!state.damaged
                || state.configuration().voters().isEmpty()
                || !answers.keySet().containsAll(state.otherVoters())
                || decidesAlone()) return;
        Ballot highest = state.promised;
        for (MemberId voter : state.otherVoters()) {
            Message.RepairAnswer answer = answers.get(voter);
            if (answer == null || answer.last() > state.ledger.chosen()) return;
            if (answer.chosen() < skipped && !state.configuration().isWitness(voter)) {
                // It is asked again.
                answers.remove(voter);
                return;
            }
            if (answer.promised().compareTo(highest) > 0) highest = answer.promised();
        }
        state.damaged = false;
        if (!highest.equals(state.promised)) state.promise(highest);
        state.out.write(new Effects.Write.SetSound());
        state.out.reached(Marker.REPAIRED);
    }

    private boolean decidesAlone() {
        java.util.List<MemberId> alone = java.util.List.of(state.self);
        return state.configuration().quorums().phase1(alone)
                || state.configuration().quorums().phase2(alone);
    }
}
