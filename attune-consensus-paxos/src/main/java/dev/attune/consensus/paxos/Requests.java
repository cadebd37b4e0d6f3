package dev.attune.consensus.paxos;

import dev.attune.consensus.paxos.core.Fact;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Who waits for what: each request of this member under the id that the core knows it by. */
final class Requests {
    private final Map<Long, CompletableFuture<byte[]>> proposals = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Long>> reads = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Void>> others = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger proposing = new AtomicInteger();

    long newId() {
        return ids.incrementAndGet();
    }

    /** The future of a new proposal; null when {@code max} are under way. */
    @Nullable CompletableFuture<byte[]> proposal(long id, int max) {
        if (proposing.incrementAndGet() > max) {
            proposing.decrementAndGet();
            return null;
        }
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        proposals.put(id, result);
        return result;
    }

    CompletableFuture<Long> read(long id) {
        return reads.computeIfAbsent(id, unused -> new CompletableFuture<>());
    }

    CompletableFuture<Void> other(long id) {
        return others.computeIfAbsent(id, unused -> new CompletableFuture<>());
    }

    void result(long id, byte[] answer) {
        CompletableFuture<byte[]> proposal = takeProposal(id);
        if (proposal != null) proposal.complete(answer);
    }

    private @Nullable CompletableFuture<byte[]> takeProposal(long id) {
        CompletableFuture<byte[]> proposal = proposals.remove(id);
        if (proposal != null) proposing.decrementAndGet();
        return proposal;
    }

    /** The reader under {@code id}, who is not waiting any more. */
    @Nullable CompletableFuture<Long> takeRead(long id) {
        return reads.remove(id);
    }

    /** Answers whoever a fact of the core is about. */
    void settle(Fact fact) {
        if (fact instanceof Fact.ProposalRefused it)
            fail(takeProposal(it.id()), ErrorCode.NOT_LEADER, "this member does not lead");
        else if (fact instanceof Fact.ProposalUnknown it)
            fail(takeProposal(it.id()), ErrorCode.OUTCOME_UNKNOWN, "this member stopped leading meanwhile");
        else if (fact instanceof Fact.ReadRefused it)
            fail(reads.remove(it.id()), ErrorCode.UNAVAILABLE, "no quorum confirmed the read");
        else if (fact instanceof Fact.ChangeDone it) done(others.remove(it.id()));
        else if (fact instanceof Fact.TransferDone it) done(others.remove(it.id()));
        else if (fact instanceof Fact.ChangeRefused it)
            fail(others.remove(it.id()), it.code(), "membership change: " + it.reason());
        else if (fact instanceof Fact.TransferRefused it)
            fail(others.remove(it.id()), it.code(), "leadership transfer: " + it.reason());
    }

    private static void done(@Nullable CompletableFuture<Void> result) {
        if (result != null) result.complete(null);
    }

    private static void fail(@Nullable CompletableFuture<?> result, ErrorCode code, String reason) {
        if (result != null) result.completeExceptionally(new AttuneException(code, reason));
    }

    /** The member takes no part any more: what was proposed may still be applied by others. */
    void failAll() {
        for (Long id : List.copyOf(proposals.keySet()))
            fail(takeProposal(id), ErrorCode.OUTCOME_UNKNOWN, "this member stopped meanwhile");
        for (Long id : List.copyOf(reads.keySet()))
            fail(reads.remove(id), ErrorCode.UNAVAILABLE, "this member has stopped");
        for (Long id : List.copyOf(others.keySet()))
            fail(others.remove(id), ErrorCode.OUTCOME_UNKNOWN, "this member stopped meanwhile");
    }
}
