package dev.attune.server.session;

import dev.attune.model.session.ServerFrame;
import dev.attune.model.session.ServerFrameCodec;
import dev.attune.server.subscribe.SharedUpdate;
import dev.attune.server.subscribe.SubscriptionMessage;
import dev.attune.server.subscribe.SubscriptionSink;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSink;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One watch or subscription of a session. It takes messages while the client's credit and the session's buffer have
 * room, and refuses otherwise, so a slow client holds none of the server's memory beyond that (W11).
 */
final class Feed implements WatchSink, SubscriptionSink {
    /** While more than this waits to be written to a client, its streams take nothing more. */
    static final long WAITING_BYTES_MAX = 1 << 20;

    private final long id;
    private final Outbox outbox;
    private final Runnable ended;
    private final AtomicLong credit;
    private final byte[] eventsHead;
    private volatile boolean refused;
    private volatile boolean closed;
    private volatile @Nullable Source source;

    /** What feeds it. */
    record Source(Runnable resume, Runnable close) {}

    /** @param ended called when the source said that it has ended */
    Feed(long id, long credit, Outbox outbox, Runnable ended) {
        this.id = id;
        this.outbox = outbox;
        this.ended = ended;
        this.credit = new AtomicLong(credit);
        this.eventsHead = ServerFrameCodec.eventsHead(id);
    }

    /** Says where resumption goes to; messages may have been refused before. */
    void attach(Source to) {
        source = to;
        if (closed) to.close().run();
        else resumeIfRoom();
    }

    void credit(long bytes) {
        credit.accumulateAndGet(bytes, (old, more) -> Math.min(old + more, Integer.MAX_VALUE));
        resumeIfRoom();
    }

    void resumeIfRoom() {
        Source from = source;
        if (from == null || !refused || !hasRoom()) return;
        refused = false;
        from.resume().run();
    }

    void close() {
        closed = true;
        Source from = source;
        if (from != null) from.close().run();
    }

    private boolean hasRoom() {
        return credit.get() > 0 && outbox.waitingBytes() < WAITING_BYTES_MAX;
    }

    /** Room may come back between the look and the mark; then nobody else would see the mark, so look again. */
    private boolean refuses() {
        if (hasRoom()) return false;
        refused = true;
        if (!hasRoom()) return true;
        refused = false;
        return false;
    }

    @Override
    public boolean offer(WatchMessage message) {
        if (closed) return true;
        if (message instanceof WatchMessage.Cancelled cancelled) {
            ended.run();
            outbox.add(ServerFrameCodec.encode(new ServerFrame.Cancelled(
                    id, cancelled.code(), cancelled.message(), cancelled.compactedRevision())));
            return true;
        }
        if (refuses()) return false;
        if (message instanceof WatchEvents events) {
            byte[] body = events.encoded().unsafeArray();
            credit.addAndGet(-body.length);
            outbox.add(eventsHead, body);
        } else if (message instanceof WatchMessage.Progress progress) {
            outbox.add(ServerFrameCodec.encode(new ServerFrame.Progress(id, progress.revision())));
        }
        return true;
    }

    @Override
    public boolean offer(SubscriptionMessage message) {
        if (closed) return true;
        if (message instanceof SubscriptionMessage.Ended over) {
            ended.run();
            outbox.add(ServerFrameCodec.encode(new ServerFrame.Cancelled(id, over.code(), over.message(), 0)));
            return true;
        }
        if (refuses()) return false;
        if (message instanceof SharedUpdate update) {
            byte[] body = update.encoded().unsafeArray();
            credit.addAndGet(-body.length);
            outbox.add(ServerFrameCodec.configHead(id), body);
        } else if (message instanceof SubscriptionMessage.Directed directed) {
            SharedUpdate update = directed.update();
            byte[] body = update == null ? new byte[0] : update.encoded().unsafeArray();
            credit.addAndGet(-body.length);
            outbox.add(ServerFrameCodec.directedHead(id, directed.directive()), body);
        }
        return true;
    }
}
