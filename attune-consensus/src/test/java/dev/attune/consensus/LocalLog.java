package dev.attune.consensus;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A log of one member that keeps nothing on disk: for tests of what lies above the seam. Commands are applied by one
 * thread, in the batches that gathered meanwhile.
 */
public final class LocalLog implements ReplicatedLog {
    private static final int BATCH_MAX = 1000;

    private final MemberId self;
    private final StateMachine machine;
    private final ExecutorService executor;
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private volatile long applied;
    private volatile long snapshotIndex;
    private volatile boolean closed;

    private LocalLog(MemberId self, StateMachine machine) {
        this.self = self;
        this.machine = machine;
        this.applied = machine.appliedIndex();
        this.executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "local-log");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Leads from the moment this returns, in term 1. */
    public static LocalLog start(MemberId self, StateMachine machine) {
        LocalLog log = new LocalLog(self, machine);
        log.run(() -> {
                    machine.leadershipChanged(true, 1);
                    return true;
                })
                .join();
        return log;
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] command) {
        Waiting waiting = new Waiting(command, new CompletableFuture<>());
        queue.add(waiting);
        try {
            executor.execute(this::applyQueued);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new AttuneException(ErrorCode.UNAVAILABLE, "the log is closed"));
        }
        return waiting.result;
    }

    private void applyQueued() {
        List<Waiting> batch = new ArrayList<>();
        queue.drainTo(batch, BATCH_MAX);
        if (batch.isEmpty()) return;
        List<StateMachine.Committed> entries = new ArrayList<>();
        for (Waiting waiting : batch)
            entries.add(new StateMachine.Committed(applied + entries.size() + 1, 1, waiting.command));
        List<byte[]> results = machine.apply(entries);
        applied = entries.get(entries.size() - 1).index();
        for (int i = 0; i < batch.size(); i++) batch.get(i).result.complete(results.get(i));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        return run(() -> applied);
    }

    @Override
    public LogStatus status() {
        return new LogStatus(
                self,
                closed ? LogStatus.Role.FAILED : LogStatus.Role.LEADER,
                Optional.of(self),
                1,
                snapshotIndex + 1,
                applied,
                applied,
                applied,
                Membership.voters(self));
    }

    @Override
    public CompletableFuture<Void> changeMembership(MembershipChange change) {
        return refused("a local log has one member");
    }

    @Override
    public CompletableFuture<Void> transferLeadership(MemberId to) {
        return to.equals(self) ? CompletableFuture.completedFuture(null) : refused("a local log has one member");
    }

    private static CompletableFuture<Void> refused(String message) {
        return CompletableFuture.failedFuture(new AttuneException(ErrorCode.FAILED_PRECONDITION, message));
    }

    /** Writes the state out and reads it back, so that tests meet both paths. */
    @Override
    public CompletableFuture<Long> snapshot() {
        return run(() -> {
            try (StateMachine.Frozen frozen = machine.freeze()) {
                var bytes = new ByteArrayOutputStream();
                frozen.writeTo(bytes);
                machine.restore(new ByteArrayInputStream(bytes.toByteArray()));
                snapshotIndex = frozen.index();
                return frozen.index();
            } catch (IOException e) {
                throw new AttuneException(ErrorCode.INTERNAL, "snapshot failed", e);
            }
        });
    }

    private <T> CompletableFuture<T> run(java.util.function.Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    applyQueued();
                    result.complete(work.get());
                } catch (RuntimeException e) {
                    // The caller learns of it; the thread goes on for others.
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new AttuneException(ErrorCode.UNAVAILABLE, "the log is closed"));
        }
        return result;
    }

    @Override
    public void close() {
        closed = true;
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) executor.shutdownNow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Waiting waiting = queue.poll(); waiting != null; waiting = queue.poll())
            waiting.result.completeExceptionally(
                    new AttuneException(ErrorCode.UNAVAILABLE, "the log was closed before"));
    }

    private record Waiting(byte[] command, CompletableFuture<byte[]> result) {}
}
