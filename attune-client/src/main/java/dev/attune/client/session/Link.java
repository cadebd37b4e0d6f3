package dev.attune.client.session;

import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ClientFrameCodec;
import dev.attune.model.session.FrameBatch;
import dev.attune.model.session.ServerFrame;
import dev.attune.model.session.ServerFrameCodec;
import dev.attune.model.session.SessionProtocol;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one member. What gathers while a message is being sent is the next message; while answers are
 * being handed out nothing is sent, so that what they release goes out together.
 */
final class Link implements Connector.Receiver {
    private final URI endpoint;
    private final Owner owner;
    private final LongSupplier nanoClock;
    private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean sending = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean handingOut;
    private volatile Connector.@Nullable Connection connection;
    private volatile boolean ready;
    volatile long heardNanos;
    volatile long pingedNanos;
    volatile long lastSuccessNanos;

    /** Told what happens on a link; by the link's thread, or a sender's for a loss. */
    interface Owner {
        /** Whether the link may be used for further calls; called once, before any other frame. */
        boolean ready(Link link, ServerFrame.Hello hello);

        void frame(Link link, ServerFrame frame);

        void lost(Link link, String reason);
    }

    Link(URI endpoint, Owner owner, LongSupplier nanoClock) {
        this.endpoint = endpoint;
        this.owner = owner;
        this.nanoClock = nanoClock;
        this.heardNanos = nanoClock.getAsLong();
        this.pingedNanos = heardNanos;
        this.lastSuccessNanos = heardNanos;
    }

    URI endpoint() {
        return endpoint;
    }

    boolean isClosed() {
        return closed.get();
    }

    boolean isReady() {
        return ready && !closed.get();
    }

    /** Whether a member has answered on it, also when it is closed now. */
    boolean wasReady() {
        return ready;
    }

    long queuedBytes() {
        return queuedBytes.get();
    }

    void connected(Connector.Connection open) {
        connection = open;
        if (closed.get()) open.close();
        else flush();
    }

    boolean send(ClientFrame frame) {
        return send(ClientFrameCodec.encode(frame));
    }

    /** Queues a frame; false when the link is closed, in which case it may still not have been sent. */
    boolean send(byte[] frame) {
        if (closed.get()) return false;
        queuedBytes.addAndGet(frame.length);
        queue.add(frame);
        flush();
        return !closed.get();
    }

    private void flush() {
        Connector.Connection open = connection;
        if (open == null) return;
        while (!handingOut && !queue.isEmpty() && sending.compareAndSet(false, true)) {
            ByteBuffer message = gather();
            CompletableFuture<?> sent;
            try {
                sent = open.send(message);
            } catch (RuntimeException e) {
                close(String.valueOf(e));
                return;
            }
            if (!sent.isDone() || sent.isCompletedExceptionally()) {
                sent.whenComplete((done, error) -> {
                    sending.set(false);
                    if (error == null) flush();
                    else close(String.valueOf(error));
                });
                return;
            }
            sending.set(false);
        }
    }

    /** Takes from the queue what fits one message, at least one frame; only by whoever set {@link #sending}. */
    private ByteBuffer gather() {
        byte[] frame = queue.poll();
        Encoder message = new Encoder(frame == null ? 16 : frame.length + 512);
        int taken = 0;
        while (frame != null) {
            FrameBatch.append(message, frame);
            taken += frame.length;
            byte[] next = queue.peek();
            if (next == null || message.size() + next.length > SessionProtocol.BATCH_BYTES_TARGET) break;
            frame = queue.poll();
        }
        queuedBytes.addAndGet(-taken);
        return ByteBuffer.wrap(message.toArray());
    }

    @Override
    public void message(byte[] bytes, int offset, int length) {
        heardNanos = nanoClock.getAsLong();
        handingOut = true;
        try {
            FrameBatch.read(bytes, offset, length, this::handle);
        } catch (RuntimeException e) {
            close("unreadable message: " + e.getMessage());
        } finally {
            handingOut = false;
        }
        flush();
    }

    private void handle(Decoder in) {
        ServerFrame frame = ServerFrameCodec.decode(in);
        if (frame instanceof ServerFrame.Hello hello) {
            ready = owner.ready(this, hello);
        } else if (!(frame instanceof ServerFrame.Pong)) {
            owner.frame(this, frame);
        }
    }

    @Override
    public void closed(String reason) {
        close(reason);
    }

    void close(String reason) {
        if (!closed.compareAndSet(false, true)) return;
        Connector.Connection open = connection;
        if (open != null) open.close();
        owner.lost(this, reason);
    }
}
