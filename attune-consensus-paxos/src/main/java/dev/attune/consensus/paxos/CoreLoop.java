package dev.attune.consensus.paxos;

import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.core.PaxosCore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread that steps the core. What gathers while it works goes in together: proposals as one input, so that
 * they leave in one message, and readers under one request.
 */
final class CoreLoop {
    private static final int DRAIN_MAX = 8192;
    private static final long TICK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

    private final PaxosCore core;
    private final Consumer<Effects.Outgoing> sender;
    private final DiskLoop disk;
    private final ApplyLoop applies;
    private final Listener listener;
    private final BlockingQueue<Input> inbox = new LinkedBlockingQueue<>();
    private final long tickNanos;
    private final long begin = System.nanoTime();
    private final Thread thread;
    private volatile boolean stopped;

    // The steps whose appends are not durable yet, with the lowest slot of each; this thread's own.
    private final Deque<Appended> undurable = new ArrayDeque<>();
    private final Deque<Effects.Chosen> chosen = new ArrayDeque<>();
    private long nextTick = begin;

    private record Appended(long step, long lowest) {}

    /** What the host does about events of this thread; must not block. */
    interface Listener {
        /** Called for each fact after the chosen entries of its step were handed on. */
        void fact(Fact fact);

        /** Called after each turn, so that what others see of the core is kept up to date. */
        void stepped();

        void failed(String reason, Throwable cause);
    }

    CoreLoop(
            String name,
            PaxosCore core,
            long heartbeatMillis,
            Consumer<Effects.Outgoing> sender,
            DiskLoop disk,
            ApplyLoop applies,
            Listener listener) {
        this.core = core;
        this.sender = sender;
        this.disk = disk;
        this.applies = applies;
        this.listener = listener;
        this.tickNanos = Math.min(TICK_NANOS_MAX, TimeUnit.MILLISECONDS.toNanos(Math.max(1, heartbeatMillis / 2)));
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void submit(Input input) {
        inbox.add(input);
    }

    /** How much waits; messages may be dropped when it is too much. */
    int waiting() {
        return inbox.size();
    }

    private void run() {
        try {
            tick();
            while (!stopped) {
                Input first = inbox.poll(nextTick - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (first != null) turn(first);
                if (System.nanoTime() - nextTick >= 0) tick();
                listener.stepped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            listener.failed("the Paxos core failed", e);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        nextTick = now + tickNanos;
        step(new Input.Tick(TimeUnit.NANOSECONDS.toMillis(now - begin)));
    }

    private void turn(Input first) {
        List<Input> inputs = new ArrayList<>();
        inputs.add(first);
        inbox.drainTo(inputs, DRAIN_MAX);
        List<Input.Proposal> proposals = new ArrayList<>();
        for (Input input : inputs) {
            if (input instanceof Input.Proposed proposed) proposals.addAll(proposed.proposals());
            else step(input);
        }
        if (!proposals.isEmpty()) step(new Input.Proposed(proposals));
    }

    private void step(Input input) {
        if (stopped) return;
        Effects effects = core.step(input);
        for (Effects.Outgoing each : effects.sendNow()) sender.accept(each);
        note(effects);
        if (!effects.writes().isEmpty() || !effects.sendOnceDurable().isEmpty()) disk.submit(effects);
        if (input instanceof Input.Persisted persisted)
            while (!undurable.isEmpty() && undurable.peekFirst().step() <= persisted.step()) undurable.removeFirst();
        chosen.addAll(effects.chosen());
        release();
        for (Fact fact : effects.facts()) listener.fact(fact);
    }

    private void note(Effects effects) {
        long lowest = Long.MAX_VALUE;
        for (Effects.Write write : effects.writes())
            if (write instanceof Effects.Write.Append append)
                lowest = Math.min(lowest, append.entry().slot());
        if (lowest < Long.MAX_VALUE) undurable.addLast(new Appended(effects.step(), lowest));
    }

    /** Hands on what is chosen and durable here, so that the state is never ahead of the log it came from. */
    private void release() {
        if (chosen.isEmpty()) return;
        long open = Long.MAX_VALUE;
        for (Appended each : undurable) open = Math.min(open, each.lowest());
        List<Effects.Chosen> ready = new ArrayList<>();
        while (!chosen.isEmpty() && chosen.peekFirst().entry().slot() < open) ready.add(chosen.removeFirst());
        if (!ready.isEmpty()) applies.chosen(ready);
    }

    /** Ends the thread. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }

    /** Stops at once without waiting; to be called from any thread after a failure. */
    void abandon() {
        stopped = true;
    }
}
