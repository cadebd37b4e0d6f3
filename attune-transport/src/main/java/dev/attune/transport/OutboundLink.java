package dev.attune.transport;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.transport.wire.Failure;
import dev.attune.transport.wire.Frame;
import dev.attune.transport.wire.Response;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connecting end towards one peer.
 *
 * <p>Callers only put frames into a queue; everything else happens on one event loop, so frames leave in the order
 * in which they were queued and whatever gathered meanwhile leaves in one write. A connection is made when there is
 * something to send; after a failed attempt frames are refused until a jittered back-off has passed.
 */
final class OutboundLink {
    private static final long BACKOFF_MILLIS_MIN = 50;
    private static final long BACKOFF_MILLIS_MAX = 1000;
    private static final long CONNECT_MILLIS_MAX = 1000;

    private final NettyPeerTransport transport;
    private final PeerOptions options;
    private final Handshake handshake;
    private final MemberId to;
    private final EventLoop loop;
    private final Queue<OutboundCall> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean drainPending = new AtomicBoolean();

    // Below: the event loop's own.
    private final Map<Long, OutboundCall> awaited = new HashMap<>();
    private final Queue<OutboundCall> held = new ArrayDeque<>();
    private @Nullable Channel connecting;
    private @Nullable Channel channel;
    private long retryAtNanos = System.nanoTime();
    private long backoffMillis = BACKOFF_MILLIS_MIN;
    private boolean closed;

    OutboundLink(NettyPeerTransport transport, PeerOptions options, Handshake handshake, MemberId to, EventLoop loop) {
        this.transport = transport;
        this.options = options;
        this.handshake = handshake;
        this.to = to;
        this.loop = loop;
    }

    /** Queues a frame; false when the peer has too much waiting already. */
    boolean offer(OutboundCall call) {
        if (queuedBytes.addAndGet(call.bytes) > options.queueBytesMax()) {
            queuedBytes.addAndGet(-call.bytes);
            return false;
        }
        queue.add(call);
        if (drainPending.compareAndSet(false, true)) schedule(this::drain);
        return true;
    }

    private void schedule(Runnable work) {
        try {
            loop.execute(work);
        } catch (java.util.concurrent.RejectedExecutionException e) {
            failQueued("the transport is closed");
        }
    }

    private void drain() {
        drainPending.set(false);
        Channel open = channel;
        if (open != null) {
            boolean wrote = false;
            for (OutboundCall call = queue.poll(); call != null; call = queue.poll()) wrote |= write(open, call);
            if (wrote) open.flush();
            return;
        }
        if (closed) failQueued("the transport is closed");
        else if (connecting != null) holdQueued();
        else if (System.nanoTime() - retryAtNanos < 0) failQueued("member " + to + " cannot be reached");
        else {
            holdQueued();
            connect();
        }
    }

    private void holdQueued() {
        for (OutboundCall call = queue.poll(); call != null; call = queue.poll()) {
            held.add(call);
            if (call.answer != null) awaited.put(call.id, call);
        }
    }

    private void failQueued(String reason) {
        for (OutboundCall call = queue.poll(); call != null; call = queue.poll()) {
            queuedBytes.addAndGet(-call.bytes);
            call.fail(reason);
        }
    }

    private boolean write(Channel open, OutboundCall call) {
        if (!call.leave()) {
            queuedBytes.addAndGet(-call.bytes);
            return false;
        }
        if (call.answer != null) awaited.put(call.id, call);
        open.write(FrameEncoder.encode(open.alloc(), call.frame))
                .addListener(done -> queuedBytes.addAndGet(-call.bytes));
        return true;
    }

    private void connect() {
        Optional<InetSocketAddress> address = transport.addressOf(to);
        if (address.isEmpty()) {
            broken("member " + to + " has no known address");
            return;
        }
        FrameDecoder decoder = new FrameDecoder(false);
        ChannelFuture attempt = transport.connect(loop, address.get(), decoder, new Reader(decoder));
        connecting = attempt.channel();
        // Covers connection, TLS and hello.
        var deadline = loop.schedule(
                () -> {
                    if (connecting == attempt.channel()) attempt.channel().close();
                },
                CONNECT_MILLIS_MAX,
                TimeUnit.MILLISECONDS);
        attempt.channel().closeFuture().addListener(done -> {
            deadline.cancel(false);
            disconnected(attempt.channel());
        });
    }

    private void established(Channel open) {
        connecting = null;
        channel = open;
        backoffMillis = BACKOFF_MILLIS_MIN;
        for (OutboundCall call = held.poll(); call != null; call = held.poll()) write(open, call);
        open.flush();
        drain();
    }

    private void disconnected(Channel gone) {
        boolean wasOpen = channel == gone;
        if (connecting == gone) connecting = null;
        if (wasOpen) channel = null;
        broken("the connection to member " + to + (wasOpen ? " broke" : " could not be made"));
        if (wasOpen) transport.lost(to);
    }

    private void broken(String reason) {
        long wait = backoffMillis / 2 + ThreadLocalRandom.current().nextLong(backoffMillis / 2 + 1);
        retryAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
        backoffMillis = Math.min(BACKOFF_MILLIS_MAX, backoffMillis * 2);
        for (OutboundCall call = held.poll(); call != null; call = held.poll()) {
            queuedBytes.addAndGet(-call.bytes);
            call.fail(reason);
        }
        var lost = new java.util.ArrayList<>(awaited.values());
        awaited.clear();
        for (OutboundCall call : lost) call.fail(reason);
        failQueued(reason);
    }

    /** Ends calls whose time is over. */
    void expire() {
        if (awaited.isEmpty()) return;
        long now = System.nanoTime();
        awaited.values().removeIf(call -> {
            if (now - call.deadlineNanos < 0) return false;
            call.fail("no answer from member " + to + " in time");
            return true;
        });
    }

    /** The peer has just connected to us, so there is no need to wait any longer. On the event loop. */
    void peerIsUp() {
        retryAtNanos = System.nanoTime();
        backoffMillis = BACKOFF_MILLIS_MIN;
    }

    EventLoop loop() {
        return loop;
    }

    /** On the event loop. */
    void close() {
        closed = true;
        if (connecting != null) connecting.close();
        if (channel != null) channel.close();
        failQueued("the transport is closed");
    }

    private void received(Response response) {
        OutboundCall call = awaited.remove(response.getId());
        if (call == null || call.answer == null) return;
        switch (response.getOutcomeCase()) {
            case PAYLOAD -> call.answer.complete(response.getPayload().toByteArray());
            case FAILURE -> {
                Failure failure = response.getFailure();
                call.answer.completeExceptionally(
                        new AttuneException(ErrorCode.of(failure.getCode()), failure.getMessage()));
            }
            default ->
                call.answer.completeExceptionally(
                        new AttuneException(ErrorCode.OUTCOME_UNKNOWN, "an answer without an outcome"));
        }
    }

    /** Reads the peer's hello, then its answers. */
    private final class Reader extends SimpleChannelInboundHandler<Frame> {
        private final FrameDecoder decoder;
        private boolean known;

        Reader(FrameDecoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.write(FrameEncoder.preface());
            context.writeAndFlush(FrameEncoder.encode(context.alloc(), handshake.hello(to)));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, Frame frame) {
            if (!known) {
                MemberId member = handshake.verify(context.channel(), frame);
                if (!member.equals(to)) throw new Handshake.RefusedException("member " + member + " instead of " + to);
                known = true;
                decoder.admit(options.frameBytesMax());
                established(context.channel());
            } else if (frame.getBodyCase() == Frame.BodyCase.RESPONSE) {
                received(frame.getResponse());
            } else {
                throw new Handshake.RefusedException("unexpected frame: " + frame.getBodyCase());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
