package dev.attune.consensus.paxos;

import dev.attune.consensus.paxos.core.Effects;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread that writes the log. Steps that gather while it syncs are the next group: one sync for all, and only
 * then what depends on them leaves (G5). The first failure ends it for good; nothing is tried again (G6).
 */
final class DiskLoop {
    private static final int GROUP_MAX = 4096;
    private static final Effects STOP = new Effects(-1, List.of(), List.of(), List.of(), List.of(), List.of());

    private final MemberStorage storage;
    private final Consumer<Effects.Outgoing> sender;
    private final Listener listener;
    private final BlockingQueue<Effects> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** What the host does about events of this thread; must not block. */
    interface Listener {
        void persisted(long step);

        void failed(String reason, Throwable cause);
    }

    DiskLoop(String name, MemberStorage storage, Consumer<Effects.Outgoing> sender, Listener listener) {
        this.storage = storage;
        this.sender = sender;
        this.listener = listener;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes over one step's writes and what waits for them. */
    void submit(Effects effects) {
        queue.add(effects);
    }

    private void run() {
        try {
            while (true) {
                List<Effects> group = new ArrayList<>();
                group.add(queue.take());
                queue.drainTo(group, GROUP_MAX);
                boolean stop = group.remove(STOP);
                carryOut(group);
                if (stop) return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            listener.failed("append to the log failed", e);
        }
    }

    private void carryOut(List<Effects> group) throws IOException {
        if (group.isEmpty()) return;
        List<Effects.Write> writes = new ArrayList<>();
        for (Effects effects : group) writes.addAll(effects.writes());
        storage.write(writes);
        for (Effects effects : group) effects.sendOnceDurable().forEach(sender);
        if (!writes.isEmpty()) listener.persisted(group.get(group.size() - 1).step());
    }

    /** Ends the thread after all that was submitted; false when it did not end in time. */
    boolean stop() throws InterruptedException {
        queue.add(STOP);
        thread.join(TimeUnit.SECONDS.toMillis(10));
        return !thread.isAlive();
    }
}
