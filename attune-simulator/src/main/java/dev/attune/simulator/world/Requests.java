package dev.attune.simulator.world;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.model.ErrorCode;
import dev.attune.simulator.client.Reply;
import dev.attune.simulator.client.Request;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.Invariant;
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
    private final Map<Long, Proposed> proposals = new HashMap<>();
    private final Map<Long, Confirming> reads = new HashMap<>();
    private final TreeMap<Long, List<Runnable>> awaitingApply = new TreeMap<>();
    private List<Input.Proposal> gathered = new ArrayList<>();
    private long lastId;
    private int life;

    Requests(Server server, Shared shared) {
        this.server = server;
        this.shared = shared;
    }

    /** @param local whether this server itself asked, so that no network lies between */
    private record Proposed(Consumer<Reply> reply, boolean local) {}

    /** What is done once a quorum has confirmed that the leader leads, and who is told when none does. */
    private record Confirming(Runnable then, Consumer<Reply> reply) {}

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
        else if (request instanceof Request.KeepAlive keep) keepAlive(keep.leaseId(), reply);
        else read((Request.Read) request, reply);
    }

    private void keepAlive(long lease, Consumer<Reply> reply) {
        Runnable renew = () -> {
            Reply outcome = server.leases().keepAlive(lease);
            shared.network().sendClient(() -> reply.accept(outcome));
        };
        if (!server.leads()) refuse(reply, ErrorCode.NOT_LEADER);
        else if (shared.parts().confirmsKeepAlive()) confirm(renew, reply);
        else renew.run();
    }

    private void confirm(Runnable then, Consumer<Reply> reply) {
        long id = ++lastId;
        reads.put(id, new Confirming(then, reply));
        server.deliver(new Input.ReadRequested(id));
    }

    /** Proposes a command; those that arrive within a moment go in together. */
    void propose(byte[] command, Consumer<Reply> reply) {
        propose(command, new Proposed(reply, false));
    }

    /** Proposes a command of this server's own. */
    void proposeHere(byte[] command, Consumer<Reply> outcome) {
        propose(command, new Proposed(outcome, true));
    }

    private void propose(byte[] command, Proposed proposed) {
        long id = ++lastId;
        proposals.put(id, proposed);
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
            confirm(() -> answer(read, reply), reply);
        } else if (server.machine().state().revision() < read.revisionMin()) {
            shared.reach().mark(Marker.STALE_READ_TOO_OLD);
            refuse(reply, ErrorCode.UNAVAILABLE);
        } else {
            answer(read, reply);
        }
    }

    /** Asks for a membership change. The outcome shows in the configuration. */
    void change(MembershipChange change) {
        server.deliver(new Input.ChangeRequested(++lastId, change));
    }

    /** Asks to hand leadership over. */
    void transfer(MemberId to) {
        server.deliver(new Input.TransferRequested(++lastId, to));
    }

    /** The entry at {@code slot}, proposed here as {@code proposal}, was applied. */
    void applied(long slot, long proposal, byte[] result) {
        Proposed proposed = proposals.remove(proposal);
        if (proposed == null) return;
        requireDurable(slot);
        shared.ledger().acknowledged(server.name(), slot, result);
        tell(proposed, new Reply.Answer(ResultCodec.decode(result)));
    }

    /** Broken unless a quorum of disks held the entry at some time (G5). */
    private void requireDurable(long slot) {
        List<MemberId> members = new ArrayList<>();
        shared.ledger().holders(slot).stream().forEach(number -> members.add(new MemberId("s" + number)));
        if (!server.machine().configuration().quorums().phase2(members))
            throw new BrokenInvariant(
                    Invariant.ACKNOWLEDGED_IS_DURABLE,
                    server.name() + " answers for slot " + slot + ", which only " + members + " hold durably");
    }

    private void tell(Proposed proposed, Reply outcome) {
        if (proposed.local()) proposed.reply().accept(outcome);
        else shared.network().sendClient(() -> proposed.reply().accept(outcome));
    }

    /** The server has applied everything up to {@code slot}. */
    void reached(long slot) {
        while (!awaitingApply.isEmpty() && awaitingApply.firstKey() <= slot)
            awaitingApply.pollFirstEntry().getValue().forEach(Runnable::run);
    }

    private void answer(Request.Read read, Consumer<Reply> reply) {
        Reply.Answer answer = new Reply.Answer(server.machine().state().read(read.operation()));
        shared.network().sendClient(() -> reply.accept(answer));
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
            Confirming pending = reads.remove(refused.id());
            shared.reach().mark(Marker.READ_REFUSED);
            if (pending != null) refuse(pending.reply(), ErrorCode.UNAVAILABLE);
        } else if (fact instanceof Fact.ChangeRefused refused && refused.code() == ErrorCode.OUTCOME_UNKNOWN) {
            shared.reach().mark(Marker.CHANGE_OUTCOME_UNKNOWN);
        }
    }

    private void refuseProposal(long id, ErrorCode code) {
        Proposed proposed = proposals.remove(id);
        if (proposed != null) tell(proposed, new Reply.Refused(code, server.knownLeader()));
    }

    private void readReady(Fact.ReadReady ready) {
        Confirming pending = reads.remove(ready.id());
        if (pending == null) return;
        if (!server.leads()) shared.reach().mark(Marker.READ_SERVED_BY_FOLLOWER);
        if (ready.slot() <= server.machine().slot()) {
            pending.then().run();
            return;
        }
        shared.reach().mark(Marker.READ_WAITED_FOR_APPLY);
        awaitingApply.computeIfAbsent(ready.slot(), slot -> new ArrayList<>()).add(pending.then());
    }
}
