package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads on the leader. A round asks a set of members that meets every phase-1 quorum whether they still obey this
 * ballot; then nobody else can have chosen anything before the round began (G2, and without a clock: G3). All reads
 * that come while a round is under way share the next one, never the present one.
 */
final class ReadRounds {
    private final MemberState state;
    private final Replication replication;
    private List<Read> waiting = new ArrayList<>();
    private List<Read> running = new ArrayList<>();
    private Configuration configuration;
    private long seq;
    private long slot;

    /** @param asker the member whose reader waits; empty for one of this member */
    private record Read(long id, Optional<MemberId> asker) {}

    ReadRounds(MemberState state, Replication replication) {
        this.state = state;
        this.replication = replication;
        this.configuration = state.configuration();
    }

    void ask(long id, Optional<MemberId> asker) {
        waiting.add(new Read(id, asker));
        if (running.isEmpty()) begin();
    }

    private void begin() {
        running = waiting;
        waiting = new ArrayList<>();
        configuration = state.configuration();
        slot = state.ledger.chosen();
        seq = replication.seq() + 1;
        if (!enough()) replication.confirm();
        check();
    }

    /** Members that were removed may never confirm: what runs is asked again under the configuration in force. */
    private void beginAnew() {
        List<Read> all = new ArrayList<>(running);
        all.addAll(waiting);
        waiting = all;
        begin();
    }

    private boolean enough() {
        return configuration.quorums().meetsEveryPhase1(replication.confirmed(seq));
    }

    /** To be called when a follower confirmed. */
    void check() {
        if (!running.isEmpty()
                && configuration.number() != state.configuration().number()) beginAnew();
        while (!running.isEmpty() && enough()) {
            List<Read> done = running;
            running = new ArrayList<>();
            for (Read read : done) answer(read, slot);
            if (!waiting.isEmpty()) begin();
        }
    }

    private void answer(Read read, long confirmed) {
        if (read.asker.isPresent()) {
            if (confirmed >= 0) state.out.reached(Marker.FOLLOWER_READ_CONFIRMED);
            state.out.send(read.asker.get(), new Message.ReadAnswer(read.id, confirmed));
        } else {
            state.out.fact(confirmed >= 0 ? new Fact.ReadReady(read.id, confirmed) : new Fact.ReadRefused(read.id));
        }
    }

    /** This member does not lead any more. */
    void refuseAll() {
        if (!running.isEmpty() || !waiting.isEmpty()) state.out.reached(Marker.READ_DROPPED);
        for (Read read : running) answer(read, -1);
        for (Read read : waiting) answer(read, -1);
        running = new ArrayList<>();
        waiting = new ArrayList<>();
    }
}
