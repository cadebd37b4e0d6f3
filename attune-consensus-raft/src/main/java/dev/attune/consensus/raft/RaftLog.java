package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.storage.log.DurableLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.transport.PeerTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One member of a Raft group: SOFAJRaft with our durable log, our transport and our settings.
 *
 * <p>Safety rests on the library's Raft (terms, pre-vote, joint membership, ReadIndex) and on three things given here:
 * entries and votes are fsynced before anything is derived from them (G5), a failed write ends the member (G6), and
 * reads are confirmed by a quorum, never by a clock (G3).
 */
public final class RaftLog implements ReplicatedLog {
    /** The peer transport's service that carries Raft. */
    public static final int SERVICE = 1;

    static final String LOG_DIRECTORY = "log";

    private static final int SEND_THREADS = 2;
    private static final int SERVE_THREADS = 4;
    private static final int SEND_QUEUE = 1 << 14;
    private static final long TRANSFER_POLL_MILLIS = 5;

    private final RaftOptions options;
    private final MemberFiles files;
    private final DurableLogStorage storage;
    private final DurableMetaStorage meta;
    private final MachineAdapter adapter;
    private final NodeImpl node;
    private final RaftService service;
    private final ReadBarriers barriers;
    private final MembershipSteps membershipSteps;
    private final ElectionHint hint;
    private final FixedThreadsExecutorGroup senders;
    private final ExecutorService servers;
    private final ExecutorService snapshots;
    private final ScheduledExecutorService timer;
    private final AtomicInteger proposals = new AtomicInteger();
    private final AtomicBoolean snapshotAsked = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> startFailure = new AtomicReference<>();
    private volatile boolean starting = true;

    private RaftLog(
            RaftOptions options, DurableLog log, StateMachine machine, PeerTransport transport, FatalHandler onFatal)
            throws IOException {
        this.options = options;
        String name = "attune-raft-" + options.self() + "-";
        this.files = new MemberFiles(log, onFatal);
        this.storage = new DurableLogStorage(files);
        this.meta = new DurableMetaStorage(files);
        this.senders = DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
                SEND_THREADS, name + "send", SEND_QUEUE, true);
        this.servers = Executors.newFixedThreadPool(SERVE_THREADS, threads(name + "serve"));
        this.snapshots = Executors.newSingleThreadExecutor(threads(name + "snapshot"));
        this.timer = Executors.newSingleThreadScheduledExecutor(threads(name + "timer"));
        this.adapter = new MachineAdapter(options.group(), machine, snapshots, new Events());
        this.node = new NodeImpl(options.group(), Peers.of(options.self()));
        this.service = new RaftService(options.group(), options.self(), meta::getTerm, servers);
        this.barriers = new ReadBarriers(node, options.electionTimeout().multipliedBy(2));
        this.membershipSteps = new MembershipSteps(node, timer);
        PeerNodeOptions settings = NodeSettings.of(
                options, transport, this::acknowledged, new StorageFactory(storage, meta), adapter, senders);
        this.hint = new ElectionHint(node, settings.getRaftOptions(), timer, settings.getElectionTimeoutMs());
        NodeManager.getInstance().addAddress(Peers.endpoint(options.self()));
        boolean started = node.init(settings);
        starting = false;
        Throwable failure = startFailure.get();
        if (!started || failure != null) {
            close();
            if (failure instanceof DamagedSnapshotException damage) throw damage;
            long first = storage.bounds().first();
            if (failure == null && first > 1 && adapter.snapshotIndex() == 0)
                throw new DamagedSnapshotException(
                        "the snapshot before entry " + first + " is missing or cannot be read");
            throw new IOException("raft: the member did not start", failure);
        }
        service.attach(node);
        transport.serve(SERVICE, service);
        transport.onDisconnect(this::disconnected);
    }

    private static ThreadFactory threads(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Opens the member's files below {@link RaftOptions#directory()}, brings the state machine up to the newest
     * snapshot and takes part from then on.
     *
     * @throws dev.attune.storage.log.DamagedLogException when the log is damaged
     * @throws DamagedSnapshotException when the snapshot that the log follows is damaged or missing
     */
    public static RaftLog start(
            RaftOptions options, StateMachine machine, PeerTransport transport, FatalHandler onFatal)
            throws IOException {
        Files.createDirectories(options.directory());
        DurableLog log = FileDurableLog.open(options.directory().resolve(LOG_DIRECTORY), LogOptions.defaults());
        return start(options, log, machine, transport, onFatal);
    }

    /** The same on a log that the member closes with itself. */
    static RaftLog start(
            RaftOptions options, DurableLog log, StateMachine machine, PeerTransport transport, FatalHandler onFatal)
            throws IOException {
        return new RaftLog(options, log, machine, transport, onFatal);
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] command) {
        if (command.length == 0) return failed(ErrorCode.INVALID_ARGUMENT, "command: empty (expected: >= 1 byte)");
        if (command.length > options.commandBytesMax())
            return failed(
                    ErrorCode.TOO_LARGE,
                    "command: " + command.length + " bytes (expected: <= " + options.commandBytesMax() + ")");
        if (files.failed() || closed.get()) return failed(ErrorCode.UNAVAILABLE, "this member has stopped");
        if (node.getNodeState() != State.STATE_LEADER)
            return failed(ErrorCode.NOT_LEADER, "member " + options.self() + " does not lead");
        if (proposals.incrementAndGet() > options.proposalsMax()) {
            proposals.decrementAndGet();
            return failed(ErrorCode.OVERLOADED, "proposals under way: " + options.proposalsMax());
        }
        Proposal proposal = new Proposal();
        CompletableFuture<byte[]> result = proposal.result();
        result.whenComplete((answer, failure) -> proposals.decrementAndGet());
        try {
            node.apply(new Task(ByteBuffer.wrap(command), proposal));
        } catch (IllegalStateException e) {
            // The node is shutting down and has told the proposal so.
            proposal.run(new Status(RaftError.ENODESHUTDOWN, "shutting down"));
        }
        return result;
    }

    private static <T> CompletableFuture<T> failed(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new AttuneException(code, message));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        if (files.failed() || closed.get()) return failed(ErrorCode.UNAVAILABLE, "this member has stopped");
        return barriers.barrier();
    }

    @Override
    public LogStatus status() {
        DurableLog.Bounds bounds = storage.bounds();
        long applied = adapter.applied();
        Membership membership = storage.membershipAt(bounds.last()).orElse(options.initial());
        return new LogStatus(
                options.self(),
                role(membership),
                leader(),
                meta.getTerm(),
                bounds.first(),
                bounds.last(),
                Math.max(applied, committed()),
                applied,
                membership);
    }

    /** The newest membership that is committed, as far as this member knows. */
    Optional<Membership> committedMembership() {
        return storage.membershipAt(committed());
    }

    private LogStatus.Role role(Membership membership) {
        if (files.failed() || closed.get()) return LogStatus.Role.FAILED;
        return switch (node.getNodeState()) {
            case STATE_LEADER, STATE_TRANSFERRING -> LogStatus.Role.LEADER;
            case STATE_CANDIDATE -> LogStatus.Role.CANDIDATE;
            case STATE_FOLLOWER, STATE_UNINITIALIZED ->
                membership.learners().contains(options.self()) ? LogStatus.Role.LEARNER : LogStatus.Role.FOLLOWER;
            default -> LogStatus.Role.FAILED;
        };
    }

    private Optional<MemberId> leader() {
        PeerId leader = node.getLeaderId();
        return leader == null || leader.isEmpty() ? Optional.empty() : Optional.of(Peers.member(leader));
    }

    private long committed() {
        try {
            return node.getLastCommittedIndex();
        } catch (IllegalStateException e) {
            // Not active any more.
            return 0;
        }
    }

    @Override
    public CompletableFuture<Void> changeMembership(MembershipChange change) {
        if (node.getNodeState() != State.STATE_LEADER)
            return failed(ErrorCode.NOT_LEADER, "member " + options.self() + " does not lead");
        return membershipSteps.carryOut(change, status().membership());
    }

    @Override
    public CompletableFuture<Void> transferLeadership(MemberId to) {
        if (node.getNodeState() != State.STATE_LEADER)
            return failed(ErrorCode.NOT_LEADER, "member " + options.self() + " does not lead");
        if (to.equals(options.self())) return CompletableFuture.completedFuture(null);
        if (!status().membership().voters().contains(to))
            return failed(ErrorCode.NOT_FOUND, "member " + to + " is not a voter");
        Status begun = node.transferLeadershipTo(Peers.of(to));
        if (!begun.isOk()) return failed(ErrorCode.FAILED_PRECONDITION, "leadership transfer: " + begun.getErrorMsg());
        CompletableFuture<Void> result = new CompletableFuture<>();
        awaitTransfer(result);
        return result;
    }

    private void awaitTransfer(CompletableFuture<Void> result) {
        State state = node.getNodeState();
        if (state == State.STATE_TRANSFERRING && !closed.get()) {
            timer.schedule(() -> awaitTransfer(result), TRANSFER_POLL_MILLIS, TimeUnit.MILLISECONDS);
        } else if (state == State.STATE_LEADER) {
            result.completeExceptionally(new AttuneException(
                    ErrorCode.FAILED_PRECONDITION, "leadership transfer: the other member did not take over in time"));
        } else {
            result.complete(null);
        }
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        CompletableFuture<Long> result = new CompletableFuture<>();
        node.snapshot(status -> {
            if (status.isOk()) result.complete(adapter.snapshotIndex());
            else
                result.completeExceptionally(new AttuneException(
                        status.getRaftError() == RaftError.EBUSY ? ErrorCode.FAILED_PRECONDITION : ErrorCode.INTERNAL,
                        "snapshot: " + status.getErrorMsg()));
        });
        return result;
    }

    /**
     * Followers would learn of the last commit only by the next regular heartbeat, and their watches would wait for it;
     * the round of a read barrier tells them now. While more is under way, that tells them.
     */
    private void tellFollowers() {
        if (proposals.get() == 0) background(barriers::barrier);
    }

    /** A round tells a member only what it has acknowledged, so who was late with that needs another. */
    private void acknowledged(long toldCommitted) {
        if (proposals.get() == 0 && toldCommitted < committed()) tellFollowers();
    }

    private void disconnected(MemberId member) {
        if (closed.get()) return;
        background(() -> {
            if (node.getNodeState() == State.STATE_FOLLOWER && leader().equals(Optional.of(member))) hint.hurry();
        });
    }

    /** Runs what may wait for the library's locks, away from its threads and the transport's. */
    private void background(Runnable work) {
        try {
            timer.execute(work);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile; nothing is left to be done.
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        node.shutdown();
        try {
            node.join();
            service.attach(null);
            NodeManager.getInstance().removeAddress(Peers.endpoint(options.self()));
            timer.shutdownNow();
            servers.shutdown();
            snapshots.shutdown();
            boolean ended = servers.awaitTermination(5, TimeUnit.SECONDS)
                    && snapshots.awaitTermination(30, TimeUnit.SECONDS)
                    && senders.shutdownGracefully(5, TimeUnit.SECONDS);
            if (!ended) servers.shutdownNow();
            files.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            files.fail("closing the log failed", e);
        }
    }

    /** What this member does about events of the apply thread. */
    private final class Events implements MachineAdapter.Listener {
        // Only the apply thread touches it.
        private boolean leads;

        @Override
        public void leading(long term) {
            leads = true;
            background(() -> hint.relax());
        }

        @Override
        public void notLeading() {
            // The library tells its own proposals.
            leads = false;
        }

        @Override
        public void following() {
            background(() -> hint.relax());
        }

        @Override
        public void restored(Membership membership) {
            storage.rememberSnapshot(membership);
        }

        @Override
        public void appended(long entriesSinceSnapshot, long bytesSinceSnapshot) {
            if (leads) tellFollowers();
            if (entriesSinceSnapshot < options.snapshotEntries() && bytesSinceSnapshot < options.snapshotBytes())
                return;
            if (!snapshotAsked.compareAndSet(false, true)) return;
            background(() -> snapshot().whenComplete((index, failure) -> snapshotAsked.set(false)));
        }

        @Override
        public void failed(String reason, Throwable cause) {
            if (starting || startFailure.get() != null) startFailure.compareAndSet(null, cause);
            else files.fail(reason, cause);
        }
    }
}
