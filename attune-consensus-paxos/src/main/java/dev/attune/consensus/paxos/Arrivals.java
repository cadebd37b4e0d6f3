package dev.attune.consensus.paxos;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.model.wire.MalformedException;

/** Which messages of a peer reach the core: those that speak in its own name and of rounds that elections can reach. */
final class Arrivals {
    /** How far ahead a round may be: more than years of elections, far less than what would exhaust rounds. */
    static final long ROUND_LEAD_MAX = 1L << 32;

    private Arrivals() {}

    static Input.Received check(MemberId from, Message message, MemberId self, long round) {
        if (from.equals(self)) throw new MalformedException("sender: this member itself");
        if (message instanceof Message.Accept accept) owned(from, accept.ballot(), round);
        else if (message instanceof Message.Prepare prepare) owned(from, prepare.ballot(), round);
        else if (message instanceof Message.TakeOver take) owned(from, take.ballot(), round);
        else if (message instanceof Message.Probe probe) owned(from, probe.next(), round);
        else if (message instanceof Message.ProbeReply reply) near(reply.promised(), round);
        else if (message instanceof Message.Nack nack) near(nack.promised(), round);
        else if (message instanceof Message.RepairAnswer answer) near(answer.promised(), round);
        return new Input.Received(from, message);
    }

    private static void owned(MemberId from, Ballot ballot, long round) {
        if (!ballot.owner().equals(from.value()))
            throw new MalformedException("ballot: " + ballot + " is not of " + from);
        near(ballot, round);
    }

    private static void near(Ballot ballot, long round) {
        if (ballot.round() - round > ROUND_LEAD_MAX)
            throw new MalformedException("round: " + ballot.round() + " (expected: near " + round + ")");
    }
}
