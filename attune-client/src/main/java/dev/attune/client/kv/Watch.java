package dev.attune.client.kv;

import dev.attune.client.session.Session;
import dev.attune.client.session.Stream;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import dev.attune.model.session.WatchBatch;
import java.util.ArrayList;
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
        feed.nextRevision = revision;
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

    /** The wire side; its fields belong to the link's thread, and {@link #nextRevision} is read when it is reopened. */
    private final class Feed extends Stream {
        private volatile long nextRevision;
        private long partRevision;
        private final List<Event> parts = new ArrayList<>();
        private long owedBytes;

        @Override
        protected ClientFrame open(long streamId) {
            synchronized (parts) {
                parts.clear();
                owedBytes = 0;
            }
            return new ClientFrame.OpenWatch(streamId, range, nextRevision, wants, WINDOW_BYTES);
        }

        @Override
        protected void received(ServerFrame frame) {
            if (frame instanceof ServerFrame.Progress progress) {
                // A mark may be older than an event sent before it, never newer than what was delivered.
                if (progress.revision() >= nextRevision) nextRevision = progress.revision() + 1;
                deliver(() -> listener.progressed(progress.revision()));
            } else if (frame instanceof ServerFrame.Events events) {
                events(WatchBatch.read(events.encoded()), events.encoded().size());
            }
        }

        private void events(WatchBatch batch, int bytes) {
            List<Event> whole = batch.events();
            synchronized (parts) {
                if (batch.revision() < nextRevision) {
                    credit(bytes);
                    return;
                }
                if (partRevision != batch.revision()) parts.clear();
                partRevision = batch.revision();
                if (!batch.last() || !parts.isEmpty()) {
                    parts.addAll(whole);
                    if (!batch.last()) {
                        credit(bytes);
                        return;
                    }
                    whole = List.copyOf(parts);
                    parts.clear();
                }
                nextRevision = batch.revision() + 1;
            }
            List<Event> all = whole;
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
            synchronized (parts) {
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
