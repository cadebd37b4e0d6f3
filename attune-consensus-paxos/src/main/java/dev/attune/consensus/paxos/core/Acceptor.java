package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import java.util.List;
import java.util.Optional;

/**
 * The acceptor and learner. It accepts prefixes only: entries of a ballot go in in slot order, each behind the one
 * before, so that what it holds in a ballot is one number and acknowledged as one.
 */
final class Acceptor {
    private final MemberState state;
    private final Runnable stepDown;
    // The last Accept of the ballot followed.
    private long lastSeq;
    // How far a witness has forgotten.
    private long trimmed;

    /** @param stepDown makes this member a follower, whatever it was */
    Acceptor(MemberState state, Runnable stepDown) {
        this.state = state;
        this.stepDown = stepDown;
    }

    void onPrepare(MemberId from, Message.Prepare prepare) {
        Ballot ballot = prepare.ballot();
        if (state.damaged || !refusedUnlessObeyed(from, ballot)) return;
        if (!ballot.equals(state.promised)) {
            stepDown.run();
            follow(Optional.empty());
            state.promise(ballot);
        }
        state.deadline = state.now + state.spread(state.options.electionMillis());
        long chosen = state.ledger.chosen();
        long last = state.ledger.last();
        List<Entry> entries = chosen >= prepare.from() ? List.of() : state.ledger.page(prepare.from(), last);
        state.out.sendOnceDurable(from, new Message.Promise(ballot, prepare.from(), chosen, last, entries));
    }

    /** False, after the sender was told, when a higher ballot was promised. */
    private boolean refusedUnlessObeyed(MemberId from, Ballot ballot) {
        state.saw(ballot);
        if (ballot.obeyedAfter(state.promised)) return true;
        if (ballot.round() == state.promised.round()) state.out.reached(Marker.SAME_ROUND_REFUSED);
        state.out.send(from, new Message.Nack(ballot, state.promised));
        return false;
    }

    private void follow(Optional<MemberId> leader) {
        state.role = Role.FOLLOWER;
        state.leader = leader;
    }

    void onAccept(MemberId from, Message.Accept accept) {
        Ballot ballot = accept.ballot();
        if (!refusedUnlessObeyed(from, ballot)) return;
        if (!state.leader.equals(Optional.of(from)) || state.role != Role.FOLLOWER) lastSeq = 0;
        if (!ballot.equals(state.promised)) {
            stepDown.run();
            state.promise(ballot);
            lastSeq = 0;
        }
        follow(Optional.of(from));
        state.leaderHeard = state.now;
        state.deadline = state.now + state.spread(state.options.electionMillis());
        lastSeq = Math.max(lastSeq, accept.seq());
        state.count(ballot);
        take(from, accept);
    }

    private void take(MemberId from, Message.Accept accept) {
        Ledger ledger = state.ledger;
        boolean early = accept.first() > state.held + 1;
        if (early) {
            state.out.reached(Marker.ACCEPT_TOO_EARLY);
            state.out.send(from, new Message.Missing(accept.ballot(), accept.seq(), state.held + 1));
        } else {
            for (Entry entry : accept.entries()) {
                if (entry.slot() <= state.held) continue;
                ledger.accept(entry, 0);
                state.held = entry.slot();
            }
        }
        ledger.choose(Math.min(accept.chosen(), state.held));
        trim(accept.trim());
        if (accept.confirm() && !state.damaged) state.out.send(from, new Message.Heard(accept.ballot(), accept.seq()));
        if (!early)
            state.out.sendOnceDurable(
                    from, new Message.Accepted(accept.ballot(), state.held, state.settled, !state.damaged));
    }

    /** A witness keeps only what some other voter may still have to learn. */
    private void trim(long through) {
        state.trim = Math.max(state.trim, through);
        if (!state.configuration().isWitness(state.self)) return;
        long upTo = Math.min(through, state.ledger.chosen());
        // Behind it the configuration in force now must hold already.
        if (upTo < state.ledger.configurationSince()) return;
        // While others have more to settle little is gained by each step; when this is all, it need not wait.
        boolean last = upTo == through && upTo > trimmed;
        if (!last && upTo < trimmed + Math.max(1, state.options.windowSlots() / 4)) return;
        trimmed = upTo;
        state.out.write(new Effects.Write.CutWitness(upTo, state.configuration()));
        state.out.reached(Marker.WITNESS_TRIMMED);
    }

    void onLearn(MemberId from, Message.Learn learn) {
        Ledger ledger = state.ledger;
        List<Entry> entries = learn.entries();
        if (entries.isEmpty() || entries.get(0).slot() > ledger.chosen() + 1) return;
        long before = ledger.chosen();
        for (Entry entry : entries) {
            if (entry.slot() <= ledger.chosen()) continue;
            ledger.accept(entry, 0);
            ledger.choose(entry.slot());
        }
        if (ledger.chosen() == before) return;
        state.countOn();
        if (ledger.chosen() < learn.chosen()) state.out.send(from, new Message.Fetch(ledger.chosen() + 1));
        else if (state.leader.equals(Optional.of(from)))
            state.out.send(from, new Message.Missing(state.current, lastSeq, state.held + 1));
    }

    void onFetch(MemberId from, Message.Fetch fetch) {
        long chosen = state.ledger.chosen();
        if (fetch.from() < 1 || fetch.from() > chosen) return;
        if (fetch.from() < state.ledger.first()) state.out.fact(new Fact.CatchUpWanted(from, fetch.from()));
        else state.out.send(from, new Message.Learn(state.ledger.page(fetch.from(), chosen), chosen));
    }
}
