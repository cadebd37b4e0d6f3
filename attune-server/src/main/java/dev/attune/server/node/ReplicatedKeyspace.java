package dev.attune.server.node;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.store.Command;
import dev.attune.store.CommandCheck;
import dev.attune.store.CommandCodec;
import dev.attune.store.CommandResult;
import dev.attune.store.ResultCodec;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The store over the log. A write is checked, admitted, then proposed here or sent to the leader; it is repeated only
 * when it certainly had no effect, or when its request id makes a repeat harmless (G4). Reads run on this node's state
 * behind the barrier that their level asks for.
 */
final class ReplicatedKeyspace implements Keyspace {
    static final int COMMAND_BYTES_MAX = 4 << 20;
    private static final int KEY_BYTES_MAX = 4 << 10;
    private static final int IN_FLIGHT_MAX = 4096;
    private static final long IN_FLIGHT_BYTES_MAX = 64L << 20;
    private static final long WAIT_MILLIS_MAX = 10_000;
    private static final long READ_MILLIS_MAX = 5_000;
    private static final long RETRY_MILLIS = 50;

    private final StateHost host;
    private final ReplicatedLog log;
    private final PeerCalls peers;
    private final WatchLoop watches;
    private final RevisionWaiters waiters;
    private final Executor readers;
    private final ScheduledExecutorService timer;
    private final Quarantine quarantine;
    private final SharedBarrier barrier;
    private final Admission admission = new Admission(IN_FLIGHT_MAX, IN_FLIGHT_BYTES_MAX);

    ReplicatedKeyspace(
            StateHost host,
            ReplicatedLog log,
            PeerCalls peers,
            WatchLoop watches,
            RevisionWaiters waiters,
            NodeThreads threads,
            Quarantine quarantine) {
        this.host = host;
        this.log = log;
        this.peers = peers;
        this.watches = watches;
        this.waiters = waiters;
        this.readers = threads.readers();
        this.timer = threads.timer();
        this.quarantine = quarantine;
        this.barrier = new SharedBarrier(log);
    }

    @Override
    public CompletableFuture<CommandResult> write(Command command) {
        byte[] encoded;
        boolean repeatable;
        try {
            quarantine.check();
            check(command);
            encoded = CommandCodec.encode(command);
            if (encoded.length > COMMAND_BYTES_MAX)
                throw new AttuneException(
                        ErrorCode.TOO_LARGE,
                        "command: " + encoded.length + " bytes (expected: <= " + COMMAND_BYTES_MAX + ")");
            repeatable = command instanceof Command.Mutate mutate && mutate.requestId() != null;
        } catch (AttuneException e) {
            return CompletableFuture.failedFuture(e);
        }
        return admission
                .run(encoded.length, () -> new Attempt(encoded, repeatable).start())
                .thenApply(ReplicatedKeyspace::result);
    }

    @Override
    public CompletableFuture<CommandResult> read(Operation operation, ReadLevel level) {
        try {
            quarantine.check();
            if (level.linearizable()) {
                return barrier.pass()
                        .orTimeout(READ_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .handle((done, failure) -> unavailable(failure))
                        .thenApplyAsync(done -> host.read(operation), readers);
            }
            if (level.minRevision() > host.revision()) {
                return waiters.await(level.minRevision())
                        .orTimeout(READ_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .handle((done, failure) -> tooOld(failure, level.minRevision()))
                        .thenApplyAsync(done -> host.read(operation), readers);
            }
            return CompletableFuture.completedFuture(host.read(operation));
        } catch (AttuneException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Watch watch(WatchSpec spec, WatchSink sink) {
        return watches.open(spec, sink);
    }

    /** Proposes a command that another member sent here; refuses rather than send it on. */
    CompletableFuture<byte[]> proposeHere(byte[] command) {
        quarantine.check();
        if (command.length > COMMAND_BYTES_MAX)
            throw new AttuneException(ErrorCode.TOO_LARGE, "command: " + command.length + " bytes");
        // Decoded here too: no member may put into the log what this one could not have written itself.
        check(CommandCodec.decode(command));
        return admission.run(command.length, () -> log.propose(command));
    }

    int inFlight() {
        return admission.count();
    }

    long refused() {
        return admission.refused();
    }

    private static void check(Command command) {
        if (!(command instanceof Command.Mutate mutate)) return;
        CommandCheck.check(mutate.operation());
        checkKeys(mutate.operation());
    }

    private static void checkKeys(Operation operation) {
        if (operation instanceof Operation.Put put) checkKey(put.key());
        else if (operation instanceof Operation.Delete delete) checkRange(delete.range());
        else if (operation instanceof Operation.Range range) checkRange(range.range());
        else if (operation instanceof Operation.Txn txn) {
            txn.compares().forEach(each -> checkRange(each.range()));
            txn.then().forEach(ReplicatedKeyspace::checkKeys);
            txn.otherwise().forEach(ReplicatedKeyspace::checkKeys);
        }
    }

    private static void checkRange(KeyRange range) {
        checkKey(range.start());
        checkKey(range.end());
    }

    private static void checkKey(Bytes key) {
        if (key.size() > KEY_BYTES_MAX)
            throw new AttuneException(
                    ErrorCode.TOO_LARGE, "key: " + key.size() + " bytes (expected: <= " + KEY_BYTES_MAX + ")");
    }

    private static CommandResult result(byte[] encoded) {
        CommandResult result = ResultCodec.decode(encoded);
        ErrorCode error = result.error();
        if (error != null) throw new AttuneException(error, result.message());
        return result;
    }

    private static @Nullable Void unavailable(@Nullable Throwable failure) {
        if (failure == null) return null;
        throw unwrap(failure) instanceof AttuneException known
                ? known
                : new AttuneException(ErrorCode.UNAVAILABLE, "No majority confirmed the read in time.", failure);
    }

    private @Nullable Void tooOld(@Nullable Throwable failure, long wanted) {
        if (failure == null) return null;
        throw new AttuneException(
                ErrorCode.DEADLINE_EXCEEDED,
                "This node has revision " + host.revision() + " (wanted: " + wanted + ").",
                failure);
    }

    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
        return cause;
    }

    /** One write until it has an outcome or its time is over. */
    private final class Attempt {
        private final byte[] command;
        private final boolean repeatable;
        private final long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
        private final CompletableFuture<byte[]> outcome = new CompletableFuture<>();
        // Once one try may have had an effect, a later "certainly not" speaks for that try only.
        private boolean uncertain;

        Attempt(byte[] command, boolean repeatable) {
            this.command = command;
            this.repeatable = repeatable;
        }

        CompletableFuture<byte[]> start() {
            attempt();
            return outcome;
        }

        private void attempt() {
            CompletableFuture<byte[]> tried;
            try {
                tried = once();
            } catch (AttuneException e) {
                tried = CompletableFuture.failedFuture(e);
            }
            tried.whenComplete((result, failure) -> {
                if (failure == null) outcome.complete(result);
                else failed(unwrap(failure));
            });
        }

        private CompletableFuture<byte[]> once() {
            // The engine keeps the array it is given; a repeat needs its own.
            if (host.leading()) return log.propose(command.clone());
            LogStatus status = log.status();
            Optional<MemberId> leader = status.leader();
            if (status.isLeader()) return log.propose(command.clone());
            if (leader.isEmpty()) throw new AttuneException(ErrorCode.UNAVAILABLE, "No leader is known.");
            return peers.write(leader.get(), command);
        }

        private void failed(Throwable failure) {
            if (failure instanceof TimeoutException) uncertain = true;
            ErrorCode code = failure instanceof AttuneException known ? known.code() : ErrorCode.OUTCOME_UNKNOWN;
            if (code == ErrorCode.OUTCOME_UNKNOWN) uncertain = true;
            boolean again = code == ErrorCode.NOT_LEADER
                    || code == ErrorCode.UNAVAILABLE
                    || (code == ErrorCode.OUTCOME_UNKNOWN && repeatable);
            if (again && System.nanoTime() - deadlineNanos < 0) {
                timer.schedule(this::attempt, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                return;
            }
            if (uncertain)
                outcome.completeExceptionally(new AttuneException(
                        ErrorCode.OUTCOME_UNKNOWN, "The write may or may not have been applied.", failure));
            else outcome.completeExceptionally(failure);
        }
    }
}
