package dev.attune.server.http;

import dev.attune.model.Bytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One open stream of server-sent events with a bounded buffer. Callable from any thread; sends of one thread keep
 * their order.
 */
public final class SseStream {
    /** How many bytes may wait for the client's socket before {@link #offer} refuses. */
    public static final int BUFFER_BYTES_MAX = 1 << 20;

    private final HttpServerResponse response;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean refused = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Runnable onRoom = () -> {};
    private volatile Runnable onClose = () -> {};

    SseStream(HttpServerResponse response) {
        this.response = response;
    }

    /**
     * Sends an event, or returns false without sending when the buffer is full; then {@link #onRoom} tells when to go
     * on. After the end everything is taken and dropped. An empty buffer takes an event of any size.
     *
     * @param id what a client sends as {@code Last-Event-ID} to go on after this event; empty for none
     * @param event its type; empty for none
     * @param data its text, may have several lines
     */
    public boolean offer(String id, String event, String data) {
        if (closed.get()) return true;
        if (waiting.get() >= BUFFER_BYTES_MAX) {
            refused.set(true);
            // The buffer may have emptied between the look and the mark; then nobody would call onRoom.
            if (waiting.get() >= BUFFER_BYTES_MAX) return false;
        }
        write(frame(id, event, data));
        return true;
    }

    /** The same for UTF-8 data. */
    public boolean offer(String id, String event, Bytes data) {
        return offer(id, event, data.toUtf8());
    }

    /** Sends a comment that clients ignore, so that a dead connection is noticed. */
    public void heartbeat() {
        if (!closed.get() && waiting.get() < BUFFER_BYTES_MAX) write(Buffer.buffer(":\n\n"));
    }

    /** Sets who is told that there is room again after a refusal. */
    public void onRoom(Runnable listener) {
        onRoom = listener;
    }

    /** Sets who is told, once, that the stream has ended; at once when it already has. */
    public void onClose(Runnable listener) {
        onClose = listener;
        if (closed.get()) listener.run();
    }

    /** Ends the stream after what was sent. Idempotent. */
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        response.end();
        onClose.run();
    }

    /** The client is gone. */
    void gone() {
        if (closed.compareAndSet(false, true)) onClose.run();
    }

    private void write(Buffer frame) {
        waiting.addAndGet(frame.length());
        response.write(frame).onComplete(done -> {
            long left = waiting.addAndGet(-frame.length());
            if (done.failed()) gone();
            else if (left < BUFFER_BYTES_MAX / 2 && refused.compareAndSet(true, false)) onRoom.run();
        });
    }

    private static Buffer frame(String id, String event, String data) {
        StringBuilder text = new StringBuilder(data.length() + 64);
        if (!id.isEmpty()) text.append("id: ").append(oneLine(id)).append('\n');
        if (!event.isEmpty()) text.append("event: ").append(oneLine(event)).append('\n');
        int start = 0;
        while (true) {
            int end = start;
            while (end < data.length() && data.charAt(end) != '\n' && data.charAt(end) != '\r') end++;
            text.append("data: ").append(data, start, end).append('\n');
            if (end == data.length()) break;
            boolean pair = data.charAt(end) == '\r' && end + 1 < data.length() && data.charAt(end + 1) == '\n';
            start = end + (pair ? 2 : 1);
        }
        return Buffer.buffer(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String oneLine(String text) {
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0)
            throw new IllegalArgumentException("event field: line break");
        return text;
    }
}
