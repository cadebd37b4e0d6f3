package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.server.cluster.Member;
import dev.attune.store.StateHash;
import dev.attune.transport.PeerTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What members ask of each other besides the log: a byte for the kind, then its fields. A leader that is none any more
 * answers NOT_LEADER; nothing is forwarded twice.
 */
final class PeerCalls {
    /** The transport service of these calls. */
    static final int SERVICE = 32;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int WRITE = 1;
    private static final int KEEP_ALIVE = 2;
    private static final int REMAINING = 3;
    private static final int CHANGE = 4;
    private static final int TRANSFER = 5;
    private static final int MARKS = 6;
    private static final int MEMBERS = 7;

    private final PeerTransport transport;

    PeerCalls(PeerTransport transport) {
        this.transport = transport;
    }

    /** Who answers the calls of others. */
    interface Answers {
        /** Proposes here and nowhere else. */
        CompletableFuture<byte[]> propose(byte[] command);

        CompletableFuture<Long> keepAlive(long leaseId);

        CompletableFuture<Long> remaining(long leaseId);

        CompletableFuture<Void> change(MembershipChange change);

        CompletableFuture<Void> transfer(MemberId to);

        List<HashTrail.Mark> marks();

        /** Every member whose addresses are known here. */
        List<Member> members();
    }

    void serve(Answers answers) {
        transport.serve(SERVICE, (from, message) -> {
            try {
                return answer(answers, new Decoder(message));
            } catch (RuntimeException e) {
                // The request boundary: a refused or malformed call fails alone.
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    CompletableFuture<byte[]> write(MemberId to, byte[] command) {
        return call(to, new Encoder(command.length + 1).byteValue(WRITE).raw(command, 0, command.length));
    }

    CompletableFuture<Long> keepAlive(MemberId to, long leaseId) {
        return call(to, new Encoder().byteValue(KEEP_ALIVE).fixed64(leaseId)).thenApply(PeerCalls::number);
    }

    CompletableFuture<Long> remaining(MemberId to, long leaseId) {
        return call(to, new Encoder().byteValue(REMAINING).fixed64(leaseId)).thenApply(PeerCalls::number);
    }

    CompletableFuture<Void> change(MemberId to, MembershipChange change) {
        int kind = change instanceof MembershipChange.AddLearner
                ? 1
                : change instanceof MembershipChange.Promote ? 2 : change instanceof MembershipChange.Remove ? 3 : 4;
        return call(
                        to,
                        new Encoder()
                                .byteValue(CHANGE)
                                .byteValue(kind)
                                .text(change.member().value()))
                .thenApply(done -> null);
    }

    CompletableFuture<Void> transfer(MemberId leader, MemberId to) {
        return call(leader, new Encoder().byteValue(TRANSFER).text(to.value())).thenApply(done -> null);
    }

    CompletableFuture<List<HashTrail.Mark>> marks(MemberId to) {
        return call(to, new Encoder().byteValue(MARKS)).thenApply(PeerCalls::readMarks);
    }

    CompletableFuture<List<Member>> members(MemberId to) {
        return call(to, new Encoder().byteValue(MEMBERS)).thenApply(PeerCalls::readMembers);
    }

    private CompletableFuture<byte[]> call(MemberId to, Encoder request) {
        return transport.call(to, SERVICE, request.toArray(), TIMEOUT);
    }

    private static CompletableFuture<byte[]> answer(Answers answers, Decoder in) {
        int kind = in.byteValue();
        switch (kind) {
            case WRITE:
                return answers.propose(in.rest());
            case KEEP_ALIVE:
                return answers.keepAlive(in.fixed64()).thenApply(PeerCalls::number);
            case REMAINING:
                return answers.remaining(in.fixed64()).thenApply(PeerCalls::number);
            case CHANGE:
                return answers.change(readChange(in)).thenApply(done -> new byte[0]);
            case TRANSFER:
                return answers.transfer(new MemberId(in.text())).thenApply(done -> new byte[0]);
            case MARKS:
                return CompletableFuture.completedFuture(write(answers.marks()));
            case MEMBERS:
                return CompletableFuture.completedFuture(writeMembers(answers.members()));
            default:
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "call kind: " + kind + " (expected: 1..7)");
        }
    }

    private static MembershipChange readChange(Decoder in) {
        int kind = in.byteValue();
        MemberId member = new MemberId(in.text());
        return switch (kind) {
            case 1 -> new MembershipChange.AddLearner(member);
            case 2 -> new MembershipChange.Promote(member);
            case 3 -> new MembershipChange.Remove(member);
            case 4 -> new MembershipChange.AddWitness(member);
            default -> throw new MalformedException("change kind: " + kind + " (expected: 1..4)");
        };
    }

    private static byte[] write(List<HashTrail.Mark> marks) {
        Encoder out = new Encoder(marks.size() * 24).varint(marks.size());
        for (HashTrail.Mark mark : marks)
            out.fixed64(mark.index())
                    .fixed64(mark.hash().high())
                    .fixed64(mark.hash().low());
        return out.toArray();
    }

    private static List<HashTrail.Mark> readMarks(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        int count = in.count(24);
        List<HashTrail.Mark> marks = new ArrayList<>(count);
        for (int i = 0; i < count; i++)
            marks.add(new HashTrail.Mark(in.fixed64(), new StateHash(in.fixed64(), in.fixed64())));
        return marks;
    }

    private static byte[] writeMembers(List<Member> members) {
        Encoder out = new Encoder().varint(members.size());
        for (Member each : members)
            out.text(each.id().value()).text(each.peerAddress()).text(each.apiAddress());
        return out.toArray();
    }

    private static List<Member> readMembers(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        int count = in.count(3);
        List<Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) members.add(new Member(new MemberId(in.text()), in.text(), in.text()));
        return members;
    }

    private static byte[] number(Long value) {
        return new Encoder().fixed64(value).toArray();
    }

    private static Long number(byte[] bytes) {
        return new Decoder(bytes).fixed64();
    }
}
