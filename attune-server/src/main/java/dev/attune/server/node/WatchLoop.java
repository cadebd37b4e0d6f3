package dev.attune.server.node;

import dev.attune.server.keyspace.Keyspace;
import dev.attune.store.WatchHub;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that steps the watch hub: after each batch, and for as long as there is more to deliver. It holds the
 * state's read lock for one step at a time. What others want of the hub is queued, so sinks may close their own watch.
 */
final class WatchLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);
    private static final long PROGRESS_NANOS = 1_000_000_000;

    private final StateHost host;
    private final WatchHub hub;
    private final ConcurrentLinkedQueue<Runnable> wishes = new ConcurrentLinkedQueue<>();
    private final Consumer<Throwable> onFatal;
    private final Thread thread;
    private volatile boolean signalled;
    private volatile boolean closed;
    private volatile int watchers;

    WatchLoop(StateHost host, String node, Consumer<Throwable> onFatal) {
        this.host = host;
        this.onFatal = onFatal;
        this.hub = new WatchHub(host.store());
        this.thread = new Thread(this::run, "attune-watch-" + node);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There is something new to deliver. */
    void signal() {
        if (signalled) return;
        signalled = true;
        LockSupport.unpark(thread);
    }

    int watcherCount() {
        return watchers;
    }

    Keyspace.Watch open(WatchSpec spec, WatchSink sink) {
        // "From now on" means from this call on, not from when the loop gets to it.
        long from = spec.startRevision() > 0 ? spec.startRevision() : host.revision() + 1;
        WatchSpec exact = new WatchSpec(
                spec.range(),
                from,
                spec.previous(),
                spec.puts(),
                spec.deletes(),
                spec.progress(),
                spec.fragmentBytesMax());
        Handle handle = new Handle();
        wish(() -> {
            if (!handle.closed) handle.id = hub.open(exact, message -> handle.closed || sink.offer(message));
        });
        return handle;
    }

    private void wish(Runnable wish) {
        wishes.add(wish);
        signal();
    }

    private void run() {
        long lastProgress = System.nanoTime();
        try {
            while (!closed) {
                signalled = false;
                boolean more = step();
                long now = System.nanoTime();
                if (now - lastProgress >= PROGRESS_NANOS) {
                    lastProgress = now;
                    wishes.add(hub::progress);
                    more = true;
                }
                if (!more && !signalled && wishes.isEmpty())
                    LockSupport.parkNanos(this, PROGRESS_NANOS - (now - lastProgress));
            }
        } catch (RuntimeException | Error e) {
            // A failure here comes from the state itself: a member that cannot read it must not go on.
            LOG.error("event=watch-loop-failed", e);
            onFatal.accept(e);
        }
    }

    private boolean step() {
        host.lock().readLock().lock();
        try {
            for (Runnable wish = wishes.poll(); wish != null; wish = wishes.poll()) wish.run();
            boolean more = hub.advance();
            watchers = hub.watcherCount();
            return more;
        } finally {
            host.lock().readLock().unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) return;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Handle implements Keyspace.Watch {
        // Written and read by the loop only.
        private long id;
        private volatile boolean closed;

        @Override
        public void resume() {
            wish(() -> hub.resume(id));
        }

        @Override
        public void requestProgress() {
            wish(() -> hub.requestProgress(id));
        }

        @Override
        public void close() {
            if (closed) return;
            closed = true;
            wish(() -> hub.cancel(id));
        }
    }
}
