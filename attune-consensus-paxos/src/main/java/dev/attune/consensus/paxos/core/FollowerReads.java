package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Message;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads on a follower: the leader is asked for a barrier. What is asked carries a number that no earlier life of this
 * member used, so that a late answer never passes for that of another read (G3).
 */
final class FollowerReads {
    private final MemberState state;
    private final Map<Long, Asked> asked = new TreeMap<>();
    private long next;

    private record Asked(long id, long deadline) {}

    FollowerReads(MemberState state, long nonce) {
        this.state = state;
        this.next = nonce;
    }

    void ask(long id, MemberId leader) {
        long number = next++;
        asked.put(number, new Asked(id, state.now + 2 * state.options.electionMillis()));
        state.out.send(leader, new Message.ReadAsk(number));
    }

    void onAnswer(Message.ReadAnswer answer) {
        Asked read = asked.remove(answer.id());
        if (read == null) return;
        state.out.fact(
                answer.slot() >= 0 ? new Fact.ReadReady(read.id(), answer.slot()) : new Fact.ReadRefused(read.id()));
    }

    void tick() {
        asked.values().removeIf(read -> {
            if (state.now < read.deadline()) return false;
            state.out.fact(new Fact.ReadRefused(read.id()));
            return true;
        });
    }

    void refuseAll() {
        for (Asked read : asked.values()) state.out.fact(new Fact.ReadRefused(read.id()));
        asked.clear();
    }
}
