package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.MembershipChange;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Membership changes through the library's joint consensus, one at a time (G11).
 *
 * <p>Promotion takes two steps: the library never lets the acknowledgements of a running learner replicator count, so
 * the learner is taken out and added as a voter, whose catching up the library awaits before the joint membership.
 * When that fails it becomes a learner again.
 */
final class MembershipSteps {
    private static final long NUDGE_MILLIS = 150;

    private final Node node;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean running = new AtomicBoolean();

    MembershipSteps(Node node, ScheduledExecutorService timer) {
        this.node = node;
        this.timer = timer;
    }

    CompletableFuture<Void> carryOut(MembershipChange change, Membership now) {
        if (!running.compareAndSet(false, true))
            return failed(ErrorCode.FAILED_PRECONDITION, "another membership change is under way");
        CompletableFuture<Void> result;
        try {
            result = begin(change, now);
        } catch (RuntimeException e) {
            // The library throws when the membership changed since it was looked at.
            result = failed(ErrorCode.FAILED_PRECONDITION, "membership change: " + e.getMessage());
        }
        return result.whenComplete((done, failure) -> running.set(false));
    }

    private CompletableFuture<Void> begin(MembershipChange change, Membership now) {
        MemberId member = change.member();
        PeerId peer = Peers.of(member);
        if (change instanceof MembershipChange.AddLearner) {
            if (now.contains(member)) return failed(ErrorCode.ALREADY_EXISTS, "member " + member + " takes part");
            return step(done -> node.addLearners(List.of(peer), done));
        }
        if (change instanceof MembershipChange.AddWitness)
            return failed(
                    ErrorCode.FAILED_PRECONDITION,
                    "member " + member + " as a witness: only clusters that agree by Paxos have witnesses");
        if (!now.contains(member)) return failed(ErrorCode.NOT_FOUND, "member " + member + " does not take part");
        boolean learner = now.learners().contains(member);
        if (change instanceof MembershipChange.Promote) {
            if (!learner) return failed(ErrorCode.ALREADY_EXISTS, "member " + member + " votes already");
            return promote(peer);
        }
        if (learner) return step(done -> node.removeLearners(List.of(peer), done));
        if (now.voters().size() == 1)
            return failed(ErrorCode.FAILED_PRECONDITION, "member " + member + " is the last voter");
        return step(done -> node.removePeer(peer, done));
    }

    private CompletableFuture<Void> promote(PeerId peer) {
        return step(done -> node.removeLearners(List.of(peer), done))
                .thenCompose(removed -> nudged(step(done -> node.addPeer(peer, done)))
                        .exceptionallyCompose(failure -> step(done -> node.addLearners(List.of(peer), done))
                                .handle((restored, ignored) -> null)
                                .thenCompose(unused -> CompletableFuture.<Void>failedFuture(failure))));
    }

    /**
     * Appends empty entries while a voter is awaited. The library looks whether it has caught up only when an append is
     * answered, and begins to wait after it has sent the first one: when that is answered sooner, nobody looks until
     * the next entry, which on an idle log may never come.
     */
    private CompletableFuture<Void> nudged(CompletableFuture<Void> step) {
        ScheduledFuture<?> nudge = timer.scheduleWithFixedDelay(
                () -> node.apply(new Task(LogEntryCodec.NUDGE.duplicate(), null)),
                NUDGE_MILLIS,
                NUDGE_MILLIS,
                TimeUnit.MILLISECONDS);
        return step.whenComplete((done, failure) -> nudge.cancel(false));
    }

    private static CompletableFuture<Void> step(Consumer<Closure> call) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        try {
            call.accept(status -> {
                if (status.isOk()) result.complete(null);
                else result.completeExceptionally(refusal(status));
            });
        } catch (RuntimeException e) {
            // Refused before anything was done.
            result.completeExceptionally(
                    new AttuneException(ErrorCode.FAILED_PRECONDITION, "membership change: " + e.getMessage(), e));
        }
        return result;
    }

    private static AttuneException refusal(Status status) {
        String message = String.valueOf(status.getErrorMsg());
        RaftError error = status.getRaftError();
        ErrorCode code = ErrorCode.OUTCOME_UNKNOWN;
        if (error == RaftError.EPERM && message.equals("Not leader")) code = ErrorCode.NOT_LEADER;
        if (error == RaftError.EBUSY || error == RaftError.ECATCHUP) code = ErrorCode.FAILED_PRECONDITION;
        return new AttuneException(code, "membership change: " + message);
    }

    private static CompletableFuture<Void> failed(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new AttuneException(code, message));
    }
}
