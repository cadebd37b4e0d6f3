package dev.attune.server.session;

import dev.attune.model.session.FrameBatch;
import dev.attune.model.session.SessionProtocol;
import dev.attune.model.wire.Encoder;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frames on their way to one client. Added from any thread; written by the socket's loop, where everything that
 * gathered while the loop was busy or the last write under way becomes one message.
 */
final class Outbox {
    private final ServerWebSocket socket;
    private final Context loop;
    private final Runnable drained;
    private final ConcurrentLinkedQueue<Item> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean closed;

    /** @param drained called on the loop after each write, when bytes have left the queue */
    Outbox(ServerWebSocket socket, Context loop, Runnable drained) {
        this.socket = socket;
        this.loop = loop;
        this.drained = drained;
    }

    /** Head and body of one frame; the body may be shared with other clients. */
    private record Item(byte[] head, byte[] body) {
        int size() {
            return head.length + body.length;
        }
    }

    private static final byte[] NOTHING = new byte[0];

    void add(byte[] frame) {
        add(frame, NOTHING);
    }

    void add(byte[] head, byte[] body) {
        if (closed) return;
        waitingBytes.addAndGet((long) head.length + body.length);
        queue.add(new Item(head, body));
        schedule();
    }

    /** Bytes not yet handed to the socket, and those of the write under way. */
    long waitingBytes() {
        return waitingBytes.get();
    }

    void close() {
        closed = true;
        queue.clear();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) loop.runOnContext(go -> write());
    }

    /** On the loop; whoever set {@link #scheduled} owns this until it is cleared. */
    private void write() {
        Encoder message = new Encoder(4096);
        long taken = 0;
        for (Item item = queue.peek(); item != null; item = queue.peek()) {
            if (taken > 0 && message.size() + item.size() > SessionProtocol.BATCH_BYTES_TARGET) break;
            queue.remove();
            FrameBatch.append(message, item.head(), item.body());
            taken += item.size();
        }
        long written = taken;
        if (written == 0 || closed) {
            scheduled.set(false);
            if (!closed && !queue.isEmpty()) schedule();
            return;
        }
        socket.writeBinaryMessage(Buffer.buffer(message.toArray())).onComplete(done -> {
            waitingBytes.addAndGet(-written);
            scheduled.set(false);
            if (!queue.isEmpty()) schedule();
            drained.run();
        });
    }
}
