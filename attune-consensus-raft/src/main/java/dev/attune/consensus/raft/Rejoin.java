package dev.attune.consensus.raft;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.raft.RejoinPlan.Part;
import dev.attune.consensus.raft.RejoinPlan.Step;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.storage.disk.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a {@link RejoinPlan}, on a thread of its own, by asking whoever leads (see docs/decisions/0010).
 *
 * <p>A member whose log is damaged has forgotten entries it acknowledged and votes it gave. It is therefore silent
 * until a membership without it is committed: by then a majority without it holds everything committed, and no vote it
 * ever gave can elect anyone. Only then it takes part again, with new files, like a new member.
 */
final class Rejoin {
    private static final Logger LOG = LoggerFactory.getLogger(Rejoin.class);
    private static final long PAUSE_MILLIS = 300;
    private static final long ANSWER_SECONDS = 10;
    private static final String ASIDE = "damaged";

    private final Path directory;
    private final Collection<MemberId> others;
    private final RejoinCalls calls;
    private final Member member;
    private final Thread thread;

    // Guarded by this.
    private RejoinPlan plan;
    private boolean stopped;
    private boolean forgotten;
    private boolean ended;
    private @Nullable CompletableFuture<Byte> underWay;
    private @Nullable String told;

    /** The member that takes part anew. */
    interface Member {
        /** Starts the engine on files that are new or go on from an earlier try, and follows. */
        void follow() throws IOException;

        /** Cannot go on. */
        void fatal(String reason, Throwable cause);
    }

    Rejoin(Path directory, Collection<MemberId> others, RejoinPlan plan, RejoinCalls calls, Member member) {
        this.directory = directory;
        this.others = List.copyOf(others);
        this.plan = plan;
        this.calls = calls;
        this.member = member;
        this.thread = new Thread(this::run, "attune-raft-rejoin");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    synchronized RejoinPlan plan() {
        return plan;
    }

    /** Gives the plan up, unless the member's files are damaged: then there is no other way. */
    synchronized void forget() {
        if (plan.step() != Step.JOINING) return;
        forgotten = true;
        notifyAll();
    }

    /** Whether the plan is still followed; takes {@link #forget} back. */
    synchronized boolean goOn() {
        if (!ended) forgotten = false;
        return !ended;
    }

    private synchronized boolean givenUp() throws IOException {
        if (!forgotten) return false;
        RejoinPlan.delete(directory);
        ended = true;
        return true;
    }

    private synchronized void end() throws IOException {
        RejoinPlan.delete(directory);
        ended = true;
    }

    /** Ends the thread; the plan stays on disk for the next start. */
    void stop() {
        CompletableFuture<Byte> waiting;
        synchronized (this) {
            stopped = true;
            waiting = underWay;
            notifyAll();
        }
        if (waiting != null) waiting.cancel(false);
        if (Thread.currentThread() == thread) return;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void run() {
        try {
            while (!step()) if (!pause() || givenUp()) return;
            end();
            LOG.info("event=rejoined part={}", plan().wanted());
        } catch (IOException | RuntimeException e) {
            member.fatal("taking part anew failed", e);
        }
    }

    private synchronized boolean pause() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
        while (!stopped) {
            if (forgotten) return true;
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) return true;
            try {
                wait(left);
            } catch (InterruptedException e) {
                return false;
            }
        }
        return false;
    }

    private synchronized void advance(RejoinPlan next) throws IOException {
        next.write(directory);
        plan = next;
        LOG.info("event=rejoin step={} wanted={}", next.step(), next.wanted());
    }

    /** Whether all is done. */
    private boolean step() throws IOException {
        RejoinPlan now = plan();
        switch (now.step()) {
            case LEAVING -> {
                if (now.wanted() == Part.NONE) {
                    Part part = ask();
                    if (part == Part.NONE)
                        throw new IOException("this member was removed from its cluster while its log was damaged;"
                                + " start it with an empty data directory under another name");
                    if (part != null) advance(new RejoinPlan(Step.LEAVING, part));
                } else if (succeeds(RejoinCalls.LEAVE)) {
                    advance(new RejoinPlan(Step.CLEARING, now.wanted()));
                }
            }
            case CLEARING -> {
                putAside();
                advance(new RejoinPlan(Step.JOINING, now.wanted()));
            }
            case JOINING -> {
                member.follow();
                Part part = ask();
                if (part == null) return false;
                if (part.compareTo(now.wanted()) >= 0) return true;
                succeeds(part == Part.NONE ? RejoinCalls.JOIN : RejoinCalls.VOTE);
            }
        }
        return false;
    }

    private @Nullable Part ask() {
        Byte answer = call(RejoinCalls.ASK);
        return answer == null ? null : Part.values()[answer];
    }

    private boolean succeeds(int kind) {
        Byte answer = call(kind);
        return answer != null && answer == RejoinCalls.DONE;
    }

    /** The leader's answer; null when nobody is known to lead or it refuses for now. */
    private @Nullable Byte call(int kind) {
        List<String> refusals = new ArrayList<>();
        for (MemberId other : others) {
            CompletableFuture<Byte> answer = calls.call(other, kind);
            synchronized (this) {
                if (stopped) return null;
                underWay = answer;
            }
            try {
                return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
            } catch (CancellationException e) {
                return null;
            } catch (ExecutionException e) {
                boolean known = e.getCause() instanceof AttuneException refused
                        && (refused.code() == ErrorCode.NOT_LEADER || refused.code() == ErrorCode.UNAVAILABLE);
                if (!known) refusals.add(other + ": " + e.getCause());
            } catch (TimeoutException e) {
                refusals.add(other + ": no answer");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        tell(refusals.isEmpty() ? "none of " + others + " leads" : String.join("; ", refusals));
        return null;
    }

    private synchronized void tell(String problem) {
        if (problem.equals(told)) return;
        told = problem;
        LOG.info("event=rejoin-waits step={} reason=\"{}\"", plan.step(), problem);
    }

    /** Moves log and snapshots out of the way, in place of what was put there before; may be done again. */
    private void putAside() throws IOException {
        Path aside = directory.resolve(ASIDE);
        Files.createDirectories(aside);
        for (String name : List.of(RaftLog.LOG_DIRECTORY, NodeSettings.SNAPSHOT_DIRECTORY)) {
            Path from = directory.resolve(name);
            if (!Files.exists(from)) continue;
            delete(aside.resolve(name));
            Files.move(from, aside.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
        new FileDisk().syncDirectory(aside);
        new FileDisk().syncDirectory(directory);
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) return;
        List<Path> all;
        try (Stream<Path> files = Files.walk(root)) {
            all = files.sorted(java.util.Comparator.reverseOrder()).toList();
        }
        for (Path each : all) Files.delete(each);
    }
}
