package dev.attune.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.transport.wire.Failure;
import dev.attune.transport.wire.Frame;
import dev.attune.transport.wire.Request;
import dev.attune.transport.wire.Response;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The accepting end of one connection: a peer asks, we answer. Runs on the connection's event loop. */
final class InboundLink extends SimpleChannelInboundHandler<Frame> {
    private static final long HELLO_MILLIS_MAX = 1000;

    private final NettyPeerTransport transport;
    private final PeerOptions options;
    private final Handshake handshake;
    private final FrameDecoder decoder;
    private @Nullable MemberId peer;
    private @Nullable Future<?> helloDeadline;

    InboundLink(NettyPeerTransport transport, PeerOptions options, Handshake handshake, FrameDecoder decoder) {
        this.transport = transport;
        this.options = options;
        this.handshake = handshake;
        this.decoder = decoder;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        helloDeadline = context.executor()
                .schedule(() -> closeUnlessKnown(context.channel()), HELLO_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private void closeUnlessKnown(Channel channel) {
        if (peer == null) channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Frame frame) {
        MemberId from = peer;
        if (from == null) {
            MemberId member = handshake.verify(context.channel(), frame);
            peer = member;
            if (helloDeadline != null) helloDeadline.cancel(false);
            decoder.admit(options.frameBytesMax());
            context.writeAndFlush(FrameEncoder.encode(context.alloc(), handshake.hello(member)));
            transport.inboundOpened(member, context.channel());
            return;
        }
        switch (frame.getBodyCase()) {
            case REQUEST -> answer(context.channel(), from, frame.getRequest());
            case MESSAGE -> take(from, frame);
            default -> throw new Handshake.RefusedException("unexpected frame: " + frame.getBodyCase());
        }
    }

    private void take(MemberId from, Frame frame) {
        PeerTransport.Handler handler = transport.handler(frame.getMessage().getService());
        if (handler != null) {
            var unused = handler.handle(from, frame.getMessage().getPayload().toByteArray());
        }
    }

    private void answer(Channel channel, MemberId from, Request request) {
        PeerTransport.Handler handler = transport.handler(request.getService());
        CompletableFuture<byte[]> answer;
        if (handler == null) {
            answer = CompletableFuture.failedFuture(
                    new AttuneException(ErrorCode.UNAVAILABLE, "service " + request.getService() + " is not served"));
        } else {
            answer = ask(handler, from, request.getPayload());
        }
        answer.whenComplete((result, failure) -> respond(channel, request.getId(), result, failure));
    }

    private static CompletableFuture<byte[]> ask(PeerTransport.Handler handler, MemberId from, ByteString payload) {
        try {
            return handler.handle(from, payload.toByteArray());
        } catch (RuntimeException e) {
            // A broken handler must not take the connection of all other services with it.
            return CompletableFuture.failedFuture(e);
        }
    }

    private void respond(Channel channel, long id, byte @Nullable [] result, @Nullable Throwable failure) {
        Response.Builder response = Response.newBuilder().setId(id);
        if (failure != null) response.setFailure(describe(failure));
        else if (result == null || result.length > options.frameBytesMax() - 64)
            response.setFailure(describe(new AttuneException(
                    ErrorCode.TOO_LARGE, "answer: " + (result == null ? "none" : result.length + " bytes"))));
        else response.setPayload(UnsafeByteOperations.unsafeWrap(result));
        Frame frame = Frame.newBuilder().setResponse(response).build();
        channel.eventLoop().execute(() -> {
            if (channel.isActive())
                channel.writeAndFlush(FrameEncoder.encode(channel.alloc(), frame))
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        });
    }

    private static Failure describe(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ErrorCode code = cause instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
        String message = String.valueOf(cause.getMessage());
        return Failure.newBuilder()
                .setCode(code.number())
                .setMessage(message.length() > 1000 ? message.substring(0, 1000) : message)
                .build();
    }

    /** A peer that does not read its answers is not read from either. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (helloDeadline != null) helloDeadline.cancel(false);
        if (peer != null) transport.inboundClosed(peer, context.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
