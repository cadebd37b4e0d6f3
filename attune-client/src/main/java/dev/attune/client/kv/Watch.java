package dev.attune.client.kv;

import dev.attune.client.session.Session;
import dev.attune.client.session.Stream;
import dev.attune.client.steps.WatchCursor;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import dev.attune.model.session.WatchBatch;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * A running watch. The member sends no more than a window of bytes ahead of the listener, so a slow listener holds
 * neither the member's memory nor much of this process's (W11).
 */
public final class Watch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Watch.class.getName());
    private static final long WINDOW_BYTES = 1 << 20;

    private final Session session;
    private final KeyRange range;
    private final ClientFrame.Wants wants;
    private final WatchListener listener;
    private final Executor executor;
    private final Feed feed = new Feed();
    private volatile boolean closed;

    Watch(Session session, KeyRange range, ClientFrame.Wants wants, WatchListener listener, Executor executor) {
        this.session = session;
        this.range = range;
        this.wants = wants;
        this.listener = listener;
        this.executor = executor;
    }

    void start(long revision) {
        feed.begin(revision);
        if (!closed) session.open(feed);
        if (closed) session.close(feed);
    }

    void failed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        AttuneException reason = cause instanceof AttuneException known
                ? known
                : new AttuneException(ErrorCode.INTERNAL, String.valueOf(cause), cause);
        deliver(() -> listener.ended(reason, 0));
    }

    /** Ends the watch; a listener call under way goes on. */
    @Override
    public void close() {
        closed = true;
        session.close(feed);
    }

    private void deliver(Runnable notice) {
        executor.execute(() -> {
            if (closed) return;
            try {
                notice.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a watch listener failed", e);
            }
        });
    }

    /** The wire side; its fields are guarded by its lock. */
    private final class Feed extends Stream {
        private final Object guard = new Object();
        private WatchCursor cursor = new WatchCursor(0);
        private long owedBytes;

        void begin(long revision) {
            synchronized (guard) {
                cursor = new WatchCursor(revision);
            }
        }

        @Override
        protected ClientFrame open(long streamId) {
            synchronized (guard) {
                cursor.opened();
                owedBytes = 0;
                return new ClientFrame.OpenWatch(streamId, range, cursor.next(), wants, WINDOW_BYTES);
            }
        }

        @Override
        protected void received(ServerFrame frame) {
            if (frame instanceof ServerFrame.Progress progress) {
                synchronized (guard) {
                    cursor.progressed(progress.revision());
                }
                deliver(() -> listener.progressed(progress.revision()));
            } else if (frame instanceof ServerFrame.Events events) {
                events(WatchBatch.read(events.encoded()), events.encoded().size());
            }
        }

        private void events(WatchBatch batch, int bytes) {
            List<Event> all;
            synchronized (guard) {
                all = cursor.took(batch.revision(), batch.events(), batch.last());
            }
            if (all == null) {
                credit(bytes);
                return;
            }
            deliver(() -> {
                try {
                    listener.changed(batch.revision(), all);
                } finally {
                    credit(bytes);
                }
            });
        }

        private void credit(int bytes) {
            long due;
            synchronized (guard) {
                owedBytes += bytes;
                if (owedBytes < WINDOW_BYTES / 4) return;
                due = owedBytes;
                owedBytes = 0;
            }
            session.credit(this, due);
        }

        @Override
        protected void ended(ServerFrame.Cancelled frame) {
            deliver(() ->
                    listener.ended(new AttuneException(frame.code(), frame.message()), frame.compactedRevision()));
        }
    }
}
