package dev.attune.consensus.paxos;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.consensus.paxos.core.CoreOptions;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.core.PaxosCore;
import dev.attune.consensus.paxos.core.Role;
import dev.attune.consensus.paxos.message.MessageCodec;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.wire.MalformedException;
import dev.attune.storage.log.DurableLog;
import dev.attune.storage.snapshot.SnapshotHeader;
import dev.attune.transport.PeerTransport;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a Multi-Paxos group: the pure core between real threads, disk and links.
 *
 * <p>Three threads hand work on in one direction: one steps the core, one writes the log and sends what had to wait for
 * it, one applies. A failed write ends the member (G6). The state never holds what this member's log may lose.
 */
public final class PaxosLog implements ReplicatedLog {
    /** The peer transport's service that carries Paxos. */
    public static final int SERVICE = 3;

    private static final Logger LOG = LoggerFactory.getLogger(PaxosLog.class);
    private static final int EXCHANGE_THREADS = 2;
    private static final int SNAPSHOTS_KEPT = 2;
    // Beyond, messages are dropped, as if the network had.
    private static final int INBOX_MAX = 1 << 16;

    private final PaxosOptions options;
    private final MemberStorage storage;
    private final PeerTransport transport;
    private final BiConsumer<String, Throwable> onFatal;
    private final boolean witness;
    private final PaxosCore core;
    private final ApplyLoop applies;
    private final DiskLoop disk;
    private final CoreLoop loop;
    private final Exchange exchange;
    private final ExecutorService background;
    private final Requests requests = new Requests();
    private final AtomicBoolean snapshotAsked = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile View view;
    // The round this member leads in, as told to the state machine; the core thread's own.
    private long leadingRound;

    /** What others see of the core. */
    private record View(
            Role role, Optional<MemberId> leader, long round, long chosen, boolean damaged, Configuration members) {}

    private PaxosLog(
            PaxosOptions options,
            MemberStorage storage,
            StateMachine machine,
            PeerTransport transport,
            BiConsumer<String, Throwable> onFatal)
            throws IOException {
        this.options = options;
        this.storage = storage;
        this.transport = transport;
        this.onFatal = onFatal;
        this.witness = machine instanceof NoState;
        String name = "attune-paxos-" + options.self() + "-";
        SecureRandom random = new SecureRandom();
        MemberStorage.Start start = storage.recover(options.initial(), random.nextLong());
        String misfit = misfit(start.recovered().configuration());
        if (misfit != null) throw new IOException(misfit);
        CoreOptions coreOptions =
                CoreOptions.of(options.self(), options.electionTimeout().toMillis());
        this.core = new PaxosCore(coreOptions, start.recovered(), new SplittableRandom(random.nextLong()));
        this.view = look();
        this.background = Executors.newFixedThreadPool(EXCHANGE_THREADS, work -> {
            Thread thread = new Thread(work, name + "exchange");
            thread.setDaemon(true);
            return thread;
        });
        this.applies = new ApplyLoop(name + "apply", machine, new Applied());
        this.disk = new DiskLoop(name + "log", storage, this::send, new Written());
        this.loop = new CoreLoop(
                name + "core", core, coreOptions.heartbeatMillis(), this::send, disk, applies, new Stepped());
        this.exchange = new Exchange(
                options,
                storage,
                transport,
                applies::applied,
                background,
                this::installSnapshot,
                witness ? (slot, members) -> loop.submit(new Input.SnapshotSkipped(slot, members)) : null);
        applies.recover(storage, start);
    }

    /**
     * Opens the member's files below {@link PaxosOptions#directory()}, brings the state machine up to what they say and
     * takes part from then on. A member whose files are damaged follows without a vote until the others have told it
     * what it may have helped to decide.
     *
     * @param onFatal is told once that the member cannot go on, for instance after a failed fsync (G6), on a thread of
     *     its own: the process should end
     * @throws IOException when the files cannot be opened, or are damaged with nobody there to learn from
     */
    public static PaxosLog start(
            PaxosOptions options, StateMachine machine, PeerTransport transport, BiConsumer<String, Throwable> onFatal)
            throws IOException {
        return start(options, MemberStorage.open(options), machine, transport, onFatal);
    }

    /**
     * The same for a witness, which votes and keeps no state: nothing is applied here, and nothing can be read.
     *
     * @throws IOException also when the group takes this member for one that keeps its state
     */
    public static PaxosLog startWitness(
            PaxosOptions options, PeerTransport transport, BiConsumer<String, Throwable> onFatal) throws IOException {
        return start(options, new NoState(), transport, onFatal);
    }

    /** The same on files that the member closes with itself. */
    static PaxosLog start(
            PaxosOptions options,
            MemberStorage storage,
            StateMachine machine,
            PeerTransport transport,
            BiConsumer<String, Throwable> onFatal)
            throws IOException {
        PaxosLog log;
        try {
            log = new PaxosLog(options, storage, machine, transport, onFatal);
        } catch (IOException | RuntimeException e) {
            storage.close();
            throw e;
        }
        log.applies.start();
        log.disk.start();
        log.loop.start();
        transport.serve(SERVICE, log::handle);
        transport.onDisconnect(member -> log.loop.submit(new Input.Disconnected(member)));
        return log;
    }

    /** Why this member cannot be what the group takes it for; null when it can. */
    private @Nullable String misfit(Configuration members) {
        MemberId self = options.self();
        if (!members.contains(self) || members.isWitness(self) == witness) return null;
        return witness
                ? "member " + self + " keeps the state of its group and cannot be started as a witness; to make it one,"
                        + " remove it, and let another name join as a witness"
                : "member " + self + " is a witness of its group, which keeps no state; start it as one";
    }

    private View look() {
        return new View(
                core.role(),
                core.leader(),
                core.promised().round(),
                core.chosen(),
                core.damaged(),
                core.configuration());
    }

    private void send(Effects.Outgoing outgoing) {
        if (!failed.get()) transport.send(outgoing.to(), SERVICE, MessageCodec.encode(outgoing.message()));
    }

    private CompletableFuture<byte[]> handle(MemberId from, byte[] bytes) {
        try {
            if (bytes.length > 0 && bytes[0] >= Exchange.OFFER && bytes[0] <= Exchange.BASE)
                return exchange.handle(from, bytes);
            Input.Received received = Arrivals.check(from, MessageCodec.decode(bytes), options.self(), view.round());
            if (loop.waiting() < INBOX_MAX && !stopped()) loop.submit(received);
            return CompletableFuture.completedFuture(new byte[0]);
        } catch (MalformedException e) {
            return CompletableFuture.failedFuture(new AttuneException(ErrorCode.INVALID_ARGUMENT, "paxos message", e));
        }
    }

    private boolean stopped() {
        return failed.get() || closed.get();
    }

    private static <T> CompletableFuture<T> refused(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new AttuneException(code, message));
    }

    private CompletableFuture<Long> refusedAsWitness() {
        return refused(ErrorCode.FAILED_PRECONDITION, "member " + options.self() + " is a witness and keeps no state");
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] command) {
        if (command.length > options.commandBytesMax())
            return refused(
                    ErrorCode.TOO_LARGE,
                    "command: " + command.length + " bytes (expected: <= " + options.commandBytesMax() + ")");
        if (stopped()) return refused(ErrorCode.UNAVAILABLE, "this member has stopped");
        if (view.role() != Role.LEADER)
            return refused(ErrorCode.NOT_LEADER, "member " + options.self() + " does not lead");
        long id = requests.newId();
        CompletableFuture<byte[]> result = requests.proposal(id, options.proposalsMax());
        if (result == null) return refused(ErrorCode.OVERLOADED, "proposals under way: " + options.proposalsMax());
        loop.submit(new Input.Proposed(List.of(new Input.Proposal(id, command))));
        if (stopped()) requests.failAll();
        return result;
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        if (stopped()) return refused(ErrorCode.UNAVAILABLE, "this member has stopped");
        if (witness) return refusedAsWitness();
        long id = requests.newId();
        CompletableFuture<Long> result = requests.read(id);
        loop.submit(new Input.ReadRequested(id));
        if (stopped()) requests.failAll();
        long patience = 4 * options.electionTimeout().toMillis();
        return result.copy().orTimeout(patience, TimeUnit.MILLISECONDS).exceptionally(failure -> {
            requests.takeRead(id);
            throw failure instanceof AttuneException known
                    ? known
                    : new AttuneException(ErrorCode.UNAVAILABLE, "no quorum confirmed the read in time", failure);
        });
    }

    @Override
    public LogStatus status() {
        View now = view;
        DurableLog.Bounds bounds = storage.bounds();
        long applied = applies.applied();
        return new LogStatus(
                options.self(),
                role(now),
                now.leader(),
                now.round(),
                bounds.first(),
                bounds.last(),
                Math.max(applied, now.chosen()),
                applied,
                now.members().membership());
    }

    private LogStatus.Role role(View now) {
        if (stopped()) return LogStatus.Role.FAILED;
        if (now.damaged()) return LogStatus.Role.REPAIRING;
        if (witness) return LogStatus.Role.WITNESS;
        return switch (now.role()) {
            case LEADER -> LogStatus.Role.LEADER;
            case PROBING, PREPARING -> LogStatus.Role.CANDIDATE;
            case FOLLOWER ->
                now.members().learners().contains(options.self()) ? LogStatus.Role.LEARNER : LogStatus.Role.FOLLOWER;
        };
    }

    @Override
    public CompletableFuture<Void> changeMembership(MembershipChange change) {
        if (stopped()) return refused(ErrorCode.UNAVAILABLE, "this member has stopped");
        long id = requests.newId();
        CompletableFuture<Void> result = requests.other(id);
        loop.submit(new Input.ChangeRequested(id, change));
        return result;
    }

    @Override
    public CompletableFuture<Void> transferLeadership(MemberId to) {
        if (stopped()) return refused(ErrorCode.UNAVAILABLE, "this member has stopped");
        if (to.equals(options.self()) && view.role() == Role.LEADER) return CompletableFuture.completedFuture(null);
        long id = requests.newId();
        CompletableFuture<Void> result = requests.other(id);
        loop.submit(new Input.TransferRequested(id, to));
        return result;
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        if (stopped()) return refused(ErrorCode.UNAVAILABLE, "this member has stopped");
        if (witness) return refusedAsWitness();
        CompletableFuture<Long> result = new CompletableFuture<>();
        applies.freeze(frozen -> {
            try {
                background.execute(() -> write(frozen, result));
            } catch (RejectedExecutionException e) {
                frozen.view().close();
                result.completeExceptionally(new AttuneException(ErrorCode.UNAVAILABLE, "this member has stopped"));
            }
        });
        return result;
    }

    private void write(ApplyLoop.Frozen frozen, CompletableFuture<Long> result) {
        // One at a time, as the files want it.
        synchronized (storage) {
            try (StateMachine.Frozen state = frozen.view()) {
                long index = state.index();
                List<Long> present = storage.snapshots().list();
                long newest = present.isEmpty() ? 0 : present.get(0);
                if (index > newest) {
                    storage.snapshots().write(new SnapshotHeader(options.group(), index, frozen.round()), out -> {
                        MemberStorage.configuration(frozen.configuration(), out);
                        state.writeTo(out);
                    });
                    storage.snapshots().prune(SNAPSHOTS_KEPT);
                    // What lies between the last two stays, for followers that lag a little.
                    loop.submit(new Input.SnapshotTaken(index, newest));
                }
                result.complete(index);
            } catch (IOException | RuntimeException e) {
                // Nothing is lost but the cut of the log; the next snapshot tries again.
                result.completeExceptionally(new AttuneException(ErrorCode.INTERNAL, "snapshot: " + e.getMessage(), e));
            }
        }
    }

    private void installSnapshot(long index) {
        applies.restore(storage, index, configuration -> {
            if (configuration != null) loop.submit(new Input.SnapshotInstalled(index, configuration));
        });
    }

    /** Reports the first failure on a thread of its own; from here on nothing leaves this member any more. */
    private void fail(String reason, Throwable cause) {
        if (closed.get() || !failed.compareAndSet(false, true)) return;
        loop.abandon();
        requests.failAll();
        Thread reporter = new Thread(() -> onFatal.accept(reason, cause), "attune-paxos-fatal");
        reporter.setDaemon(true);
        reporter.start();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        try {
            if (!failed.get()) loop.submit(new Input.Resigned());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (!failed.get() && loop.waiting() > 0 && System.nanoTime() < deadline) TimeUnit.MILLISECONDS.sleep(1);
            loop.stop();
            boolean written = disk.stop();
            applies.stop();
            background.shutdownNow();
            background.awaitTermination(5, TimeUnit.SECONDS);
            requests.failAll();
            if (written) storage.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("event=close-failed reason=\"{}\"", e.toString());
        }
    }

    /** What follows from applied entries. */
    private final class Applied implements ApplyLoop.Listener {
        @Override
        public void result(long proposal, byte[] result) {
            requests.result(proposal, result);
        }

        @Override
        public void applied(long entriesSinceSnapshot, long bytesSinceSnapshot) {
            if (entriesSinceSnapshot < options.snapshotEntries() && bytesSinceSnapshot < options.snapshotBytes())
                return;
            if (witness || !snapshotAsked.compareAndSet(false, true)) return;
            snapshot().whenComplete((index, failure) -> snapshotAsked.set(false));
        }

        @Override
        public void failed(String reason, Throwable cause) {
            fail(reason, cause);
        }
    }

    /** What follows from durable writes. */
    private final class Written implements DiskLoop.Listener {
        @Override
        public void persisted(long step) {
            loop.submit(new Input.Persisted(step));
        }

        @Override
        public void failed(String reason, Throwable cause) {
            fail(reason, cause);
        }
    }

    /** What follows from steps of the core. */
    private final class Stepped implements CoreLoop.Listener {
        @Override
        public void fact(Fact fact) {
            // Whoever is told anything may look at the status next, or propose.
            stepped();
            if (fact instanceof Fact.RoleChanged) leadership();
            else if (fact instanceof Fact.ConfigurationChanged changed) configured(changed);
            else if (fact instanceof Fact.CatchUpWanted wanted) exchange.catchUp(wanted.peer(), wanted.from());
            else if (fact instanceof Fact.ReadReady ready) applies.whenApplied(ready.slot(), () -> answer(ready));
            else requests.settle(fact);
        }

        private void configured(Fact.ConfigurationChanged changed) {
            String misfit = misfit(changed.configuration());
            if (misfit != null) PaxosLog.this.fail("it was added as another kind of member", new IOException(misfit));
            applies.configuration(changed.slot(), changed.configuration());
        }

        private void leadership() {
            long round = core.leads() ? core.promised().round() : 0;
            if (round == leadingRound) return;
            if (leadingRound != 0) applies.leadership(false, leadingRound);
            if (round != 0) applies.leadership(true, round);
            leadingRound = round;
        }

        private void answer(Fact.ReadReady ready) {
            CompletableFuture<Long> read = requests.takeRead(ready.id());
            if (read != null) read.complete(ready.slot());
        }

        @Override
        public void stepped() {
            View next = look();
            if (!next.equals(view)) view = next;
        }

        @Override
        public void failed(String reason, Throwable cause) {
            fail(reason, cause);
        }
    }
}
