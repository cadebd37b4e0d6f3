package dev.attune.simulator.world;

import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.model.ErrorCode;
import dev.attune.simulator.client.Reply;
import dev.attune.simulator.client.Request;
import dev.attune.simulator.reach.Marker;
import dev.attune.store.ResultCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What one server was asked for and has not answered yet; a crash forgets all of it. */
final class Requests {
    private final Server server;
    private final Shared shared;
    private final Map<Long, Consumer<Reply>> proposals = new HashMap<>();
    private final Map<Long, PendingRead> reads = new HashMap<>();
    private final TreeMap<Long, List<PendingRead>> awaitingApply = new TreeMap<>();
    private List<Input.Proposal> gathered = new ArrayList<>();
    private long lastId;
    private int life;

    Requests(Server server, Shared shared) {
        this.server = server;
        this.shared = shared;
    }

    private record PendingRead(Request.Read read, Consumer<Reply> reply) {}

    void crash() {
        life++;
        proposals.clear();
        reads.clear();
        awaitingApply.clear();
        gathered = new ArrayList<>();
    }

    /** A client's request has arrived. */
    void take(Request request, Consumer<Reply> reply) {
        if (request instanceof Request.Write write) propose(write.command(), reply);
        else read((Request.Read) request, reply);
    }

    /** Proposes a command; those that arrive within a moment go in together. */
    void propose(byte[] command, Consumer<Reply> reply) {
        long id = ++lastId;
        proposals.put(id, reply);
        gathered.add(new Input.Proposal(id, command));
        if (gathered.size() > 1) return;
        int of = life;
        shared.time().after(server.draw(300), () -> {
            if (of != life) return;
            List<Input.Proposal> batch = gathered;
            gathered = new ArrayList<>();
            server.deliver(new Input.Proposed(batch));
        });
    }

    private void read(Request.Read read, Consumer<Reply> reply) {
        if (server.isWitness()) {
            refuse(reply, ErrorCode.UNAVAILABLE);
        } else if (read.linearizable()) {
            long id = ++lastId;
            reads.put(id, new PendingRead(read, reply));
            server.deliver(new Input.ReadRequested(id));
        } else if (server.machine().state().revision() < read.revisionMin()) {
            shared.reach().mark(Marker.STALE_READ_TOO_OLD);
            refuse(reply, ErrorCode.UNAVAILABLE);
        } else {
            answer(new PendingRead(read, reply));
        }
    }

    /** Asks for a membership change. The outcome shows in the configuration. */
    void change(MembershipChange change) {
        server.deliver(new Input.ChangeRequested(++lastId, change));
    }

    /** Asks to hand leadership over. */
    void transfer(dev.attune.consensus.MemberId to) {
        server.deliver(new Input.TransferRequested(++lastId, to));
    }

    /** The entry at {@code slot}, proposed here as {@code proposal}, was applied. */
    void applied(long slot, long proposal, byte[] result) {
        Consumer<Reply> reply = proposals.remove(proposal);
        if (reply == null) return;
        server.requireDurable(slot);
        shared.ledger().acknowledged(server.name(), slot, result);
        shared.network().sendClient(() -> reply.accept(new Reply.Answer(ResultCodec.decode(result))));
    }

    /** The server has applied everything up to {@code slot}. */
    void reached(long slot) {
        while (!awaitingApply.isEmpty() && awaitingApply.firstKey() <= slot)
            awaitingApply.pollFirstEntry().getValue().forEach(this::answer);
    }

    private void answer(PendingRead pending) {
        Reply.Answer answer =
                new Reply.Answer(server.machine().state().read(pending.read().operation()));
        shared.network().sendClient(() -> pending.reply().accept(answer));
    }

    private void refuse(Consumer<Reply> reply, ErrorCode code) {
        Reply.Refused refused = new Reply.Refused(code, server.knownLeader());
        shared.network().sendClient(() -> reply.accept(refused));
    }

    /** Acts on a fact that concerns requests. */
    void heed(Fact fact) {
        if (fact instanceof Fact.ProposalRefused refused) {
            shared.reach().mark(Marker.WRITE_REFUSED);
            refuseProposal(refused.id(), ErrorCode.NOT_LEADER);
        } else if (fact instanceof Fact.ProposalUnknown unknown) {
            shared.reach().mark(Marker.OUTCOME_UNKNOWN);
            refuseProposal(unknown.id(), ErrorCode.OUTCOME_UNKNOWN);
        } else if (fact instanceof Fact.ReadReady ready) {
            readReady(ready);
        } else if (fact instanceof Fact.ReadRefused refused) {
            PendingRead pending = reads.remove(refused.id());
            shared.reach().mark(Marker.READ_REFUSED);
            if (pending != null) refuse(pending.reply(), ErrorCode.UNAVAILABLE);
        } else if (fact instanceof Fact.ChangeRefused refused && refused.code() == ErrorCode.OUTCOME_UNKNOWN) {
            shared.reach().mark(Marker.CHANGE_OUTCOME_UNKNOWN);
        }
    }

    private void refuseProposal(long id, ErrorCode code) {
        Consumer<Reply> reply = proposals.remove(id);
        if (reply != null) refuse(reply, code);
    }

    private void readReady(Fact.ReadReady ready) {
        PendingRead pending = reads.remove(ready.id());
        if (pending == null) return;
        if (!server.leads()) shared.reach().mark(Marker.READ_SERVED_BY_FOLLOWER);
        if (ready.slot() <= server.machine().slot()) {
            answer(pending);
            return;
        }
        shared.reach().mark(Marker.READ_WAITED_FOR_APPLY);
        awaitingApply.computeIfAbsent(ready.slot(), slot -> new ArrayList<>()).add(pending);
    }
}
