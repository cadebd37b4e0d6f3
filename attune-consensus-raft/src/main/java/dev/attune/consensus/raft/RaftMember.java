package dev.attune.consensus.raft;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.consensus.raft.RejoinPlan.Part;
import dev.attune.consensus.raft.RejoinPlan.Step;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.storage.log.DamagedLogException;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.transport.PeerTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Raft member with the way back after damage (G7): one whose log or snapshot cannot be read takes no part until the
 * others have taken it out, then fetches everything from them and becomes what it was. It also sees a promotion
 * through when the leader that began it falls in between (G11).
 */
public final class RaftMember implements ReplicatedLog {
    private static final Logger LOG = LoggerFactory.getLogger(RaftMember.class);

    private final RaftOptions options;
    private final StateMachine machine;
    private final PeerTransport transport;
    private final Collection<MemberId> others;
    private final FatalHandler onFatal;
    private final RejoinCalls calls;
    private volatile @Nullable RaftLog log;

    // Guarded by this.
    private @Nullable Rejoin rejoin;
    private boolean closed;

    private RaftMember(
            RaftOptions options,
            StateMachine machine,
            PeerTransport transport,
            Collection<MemberId> others,
            FatalHandler onFatal) {
        this.options = options;
        this.machine = machine;
        this.transport = transport;
        this.others = List.copyOf(others);
        this.onFatal = onFatal;
        this.calls = new RejoinCalls(transport);
    }

    /**
     * Opens the member's files and takes part; with damaged files it begins to take part anew and is
     * {@code REPAIRING} meanwhile.
     *
     * @param others the other members this one knows of, whoever may lead among them
     * @throws IOException when the files are damaged and there is nobody to fetch what is lost from
     */
    public static RaftMember start(
            RaftOptions options,
            StateMachine machine,
            PeerTransport transport,
            Collection<MemberId> others,
            FatalHandler onFatal)
            throws IOException {
        RaftMember member = new RaftMember(options, machine, transport, others, onFatal);
        member.open();
        return member;
    }

    private void open() throws IOException {
        Files.createDirectories(options.directory());
        RejoinPlan plan = RejoinPlan.read(options.directory());
        if (plan == null || plan.step() == Step.JOINING) {
            try {
                if (plan == null) requireFiles();
                log = RaftLog.start(plan == null ? options : asNewcomer(), machine, transport, onFatal);
            } catch (DamagedLogException | DamagedSnapshotException e) {
                if (others.isEmpty())
                    throw new IOException(
                            e.getMessage() + ". No other member is known to fetch what is lost from. Start again in an"
                                    + " empty data directory with the newest backup: attune server --data-dir DIR"
                                    + " --restore FILE. The damaged files are left as they are.",
                            e);
                LOG.error("event=damaged reason=\"{}\" next=\"fetch everything from {}\"", e.getMessage(), others);
                Part wanted = plan == null ? Part.NONE : plan.wanted();
                plan = new RejoinPlan(Step.LEAVING, wanted);
                plan.write(options.directory());
            }
        }
        calls.serve(this::answer);
        if (plan != null) rejoin(plan);
    }

    private void requireFiles() throws DamagedLogException {
        Path directory = options.directory().resolve(RaftLog.LOG_DIRECTORY);
        if (options.begun() && !Files.isDirectory(directory))
            throw new DamagedLogException(
                    directory, 0, 1, Long.MAX_VALUE, "it is gone, though this member took part before");
    }

    private RaftOptions asNewcomer() {
        return options.withInitial(Membership.none());
    }

    private synchronized void rejoin(RejoinPlan plan) {
        if (closed) return;
        rejoin = new Rejoin(options.directory(), others, plan, calls, new Rejoin.Member() {
            @Override
            public void follow() throws IOException {
                followAnew();
            }

            @Override
            public void fatal(String reason, Throwable cause) {
                onFatal.fatal(reason, cause);
            }
        });
        rejoin.start();
    }

    private synchronized void followAnew() throws IOException {
        if (closed || log != null) return;
        log = RaftLog.start(asNewcomer(), machine, transport, onFatal);
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] command) {
        return with(open -> open.propose(command));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        return with(RaftLog::readBarrier);
    }

    @Override
    public LogStatus status() {
        RaftLog open = log;
        return open != null
                ? open.status()
                : new LogStatus(
                        options.self(),
                        LogStatus.Role.REPAIRING,
                        Optional.empty(),
                        0,
                        1,
                        0,
                        0,
                        machine.appliedIndex(),
                        Membership.none());
    }

    @Override
    public CompletableFuture<Void> changeMembership(MembershipChange change) {
        MemberId member = change.member();
        if (!(change instanceof MembershipChange.Promote) || !status().isLeader()) {
            CompletableFuture<Void> done = with(open -> open.changeMembership(change));
            if (change instanceof MembershipChange.Remove) done.thenRun(() -> calls.call(member, RejoinCalls.FORGET));
            return done;
        }
        if (!status().membership().learners().contains(member)) return with(open -> open.changeMembership(change));
        return calls.call(member, RejoinCalls.EXPECT_VOTE)
                .<Void>handle((answer, failure) -> {
                    if (failure == null) return null;
                    throw new AttuneException(
                            ErrorCode.FAILED_PRECONDITION,
                            "member " + member + " cannot be reached: " + failure.getMessage(),
                            failure);
                })
                .thenCompose(expected -> with(open -> open.changeMembership(change)))
                .whenComplete((done, failure) -> {
                    if (failure != null) calls.call(member, RejoinCalls.FORGET);
                });
    }

    @Override
    public CompletableFuture<Void> transferLeadership(MemberId to) {
        return with(open -> open.transferLeadership(to));
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        return with(RaftLog::snapshot);
    }

    @Override
    public void close() {
        Rejoin running;
        synchronized (this) {
            closed = true;
            running = rejoin;
        }
        if (running != null) running.stop();
        RaftLog open = log;
        if (open != null) open.close();
    }

    private <T> CompletableFuture<T> with(Function<RaftLog, CompletableFuture<T>> call) {
        RaftLog open = log;
        return open != null
                ? call.apply(open)
                : CompletableFuture.failedFuture(new AttuneException(
                        ErrorCode.UNAVAILABLE, "this member's log is damaged and being fetched from the others"));
    }

    private CompletableFuture<Byte> answer(MemberId from, int kind) {
        return switch (kind) {
            case RejoinCalls.ASK ->
                asLeader(open -> CompletableFuture.completedFuture(
                        (byte) partOf(from, open.status().membership()).ordinal()));
            case RejoinCalls.LEAVE -> asLeader(open -> leave(open, from));
            case RejoinCalls.JOIN -> asLeader(open -> change(open, new MembershipChange.AddLearner(from)));
            case RejoinCalls.VOTE -> asLeader(open -> change(open, new MembershipChange.Promote(from)));
            case RejoinCalls.EXPECT_VOTE -> expectVote();
            case RejoinCalls.FORGET -> forget();
            case RejoinCalls.PING -> CompletableFuture.completedFuture(RejoinCalls.DONE);
            default ->
                CompletableFuture.failedFuture(
                        new AttuneException(ErrorCode.INVALID_ARGUMENT, "rejoin call: " + kind + " (expected: 1..7)"));
        };
    }

    /** Only a leader that a quorum confirms may answer: another may know a membership that is no more. */
    private CompletableFuture<Byte> asLeader(Function<RaftLog, CompletableFuture<Byte>> call) {
        RaftLog open = log;
        if (open == null || !open.status().isLeader())
            return CompletableFuture.failedFuture(
                    new AttuneException(ErrorCode.NOT_LEADER, "member " + options.self() + " does not lead"));
        return open.readBarrier().thenCompose(confirmed -> call.apply(open));
    }

    private static Part partOf(MemberId member, Membership membership) {
        if (membership.voters().contains(member)) return Part.VOTER;
        return membership.learners().contains(member) ? Part.LEARNER : Part.NONE;
    }

    private static CompletableFuture<Byte> leave(RaftLog open, MemberId member) {
        if (open.status().membership().contains(member))
            return open.changeMembership(new MembershipChange.Remove(member)).thenApply(done -> RejoinCalls.AGAIN);
        Optional<Membership> committed = open.committedMembership();
        boolean out = committed.isPresent() && !committed.get().contains(member);
        return CompletableFuture.completedFuture(out ? RejoinCalls.DONE : RejoinCalls.AGAIN);
    }

    /**
     * A member that was taken out for good is not called back: its address is no longer known, so it cannot be reached.
     */
    private CompletableFuture<Byte> change(RaftLog open, MembershipChange change) {
        return calls.call(change.member(), RejoinCalls.PING)
                .thenCompose(there -> open.changeMembership(change))
                .thenApply(done -> RejoinCalls.DONE);
    }

    private synchronized CompletableFuture<Byte> forget() {
        if (rejoin != null) rejoin.forget();
        return CompletableFuture.completedFuture(RejoinCalls.DONE);
    }

    private synchronized CompletableFuture<Byte> expectVote() {
        try {
            Rejoin running = rejoin;
            if (log == null) throw new AttuneException(ErrorCode.FAILED_PRECONDITION, "this member's log is damaged");
            if (running == null || !running.goOn()) {
                RejoinPlan plan = new RejoinPlan(Step.JOINING, Part.VOTER);
                plan.write(options.directory());
                rejoin(plan);
            }
            return CompletableFuture.completedFuture(RejoinCalls.DONE);
        } catch (IOException | AttuneException e) {
            return CompletableFuture.failedFuture(
                    e instanceof AttuneException known
                            ? known
                            : new AttuneException(ErrorCode.INTERNAL, "the plan could not be written", e));
        }
    }
}
