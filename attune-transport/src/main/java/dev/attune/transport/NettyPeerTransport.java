package dev.attune.transport;

import com.google.protobuf.UnsafeByteOperations;
import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.transport.wire.Frame;
import dev.attune.transport.wire.Message;
import dev.attune.transport.wire.Request;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The peer transport over TCP: one connection for each ordered pair of members, made when first needed, carrying the
 * connecting side's requests and the other's answers as length-prefixed protobuf frames.
 *
 * <p>A connection counts only after both sides have named the same cluster and protocol version and the expected
 * members, and, with TLS, after each certificate named its member. Anything else closes it at once.
 */
public final class NettyPeerTransport implements PeerTransport {
    private static final int THREADS = 2;
    private static final long EXPIRY_MILLIS = 50;
    private static final int ENVELOPE_BYTES_MAX = 64;

    private final PeerOptions options;
    private final AddressBook addresses;
    private final Handshake handshake;
    private final @Nullable SslContext clientTls;
    private final @Nullable SslContext serverTls;
    private final EventLoopGroup loops;
    private final Channel server;
    private final Map<Integer, Handler> handlers = new ConcurrentHashMap<>();
    private final Map<MemberId, OutboundLink> links = new ConcurrentHashMap<>();
    private final Map<Channel, MemberId> accepted = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<MemberId>> disconnectListeners = new CopyOnWriteArrayList<>();
    private final AtomicLong callIds = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    private NettyPeerTransport(PeerOptions options, AddressBook addresses) throws IOException {
        this.options = options;
        this.addresses = addresses;
        this.handshake = new Handshake(options);
        this.clientTls = options.tls().isPresent() ? clientContext(options.tls().get()) : null;
        this.serverTls = options.tls().isPresent() ? serverContext(options.tls().get()) : null;
        this.loops = new MultiThreadIoEventLoopGroup(
                THREADS, new DefaultThreadFactory("attune-peer-" + options.self(), true), NioIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 20, 4 << 20))
                .childHandler(new Acceptor())
                .bind(options.listen())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException("cannot listen for peers on " + options.listen(), bound.cause());
        }
        this.server = bound.channel();
        for (var executor : loops) {
            executor.scheduleWithFixedDelay(
                    () -> expire(executor), EXPIRY_MILLIS, EXPIRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Listens at once; connects to others when there is something to say. */
    public static NettyPeerTransport start(PeerOptions options, AddressBook addresses) throws IOException {
        return new NettyPeerTransport(options, addresses);
    }

    /** Where peers connect, with the port really taken. */
    public InetSocketAddress listening() {
        return (InetSocketAddress) server.localAddress();
    }

    @Override
    public CompletableFuture<byte[]> call(MemberId to, int service, byte[] request, Duration timeout) {
        if (request.length > options.frameBytesMax() - ENVELOPE_BYTES_MAX)
            return failed(ErrorCode.TOO_LARGE, "request: " + request.length + " bytes");
        if (closed.get()) return failed(ErrorCode.UNAVAILABLE, "the transport is closed");
        long id = callIds.incrementAndGet();
        Frame frame = Frame.newBuilder()
                .setRequest(Request.newBuilder()
                        .setId(id)
                        .setService(service)
                        .setPayload(UnsafeByteOperations.unsafeWrap(request)))
                .build();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        if (!link(to).offer(new OutboundCall(frame, id, System.nanoTime() + timeout.toNanos(), answer)))
            return failed(ErrorCode.OVERLOADED, "too much is waiting for member " + to);
        return answer;
    }

    @Override
    public void send(MemberId to, int service, byte[] message) {
        if (message.length > options.frameBytesMax() - ENVELOPE_BYTES_MAX || closed.get()) return;
        Frame frame = Frame.newBuilder()
                .setMessage(
                        Message.newBuilder().setService(service).setPayload(UnsafeByteOperations.unsafeWrap(message)))
                .build();
        // Dropped when the queue is full, as the seam says.
        boolean unused = link(to).offer(new OutboundCall(frame, 0, 0, null));
    }

    private static CompletableFuture<byte[]> failed(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new AttuneException(code, message));
    }

    private OutboundLink link(MemberId to) {
        return links.computeIfAbsent(to, id -> new OutboundLink(this, options, handshake, id, loops.next()));
    }

    @Override
    public void serve(int service, Handler handler) {
        if (handlers.putIfAbsent(service, handler) != null)
            throw new IllegalStateException("service " + service + " is served already");
    }

    @Override
    public void onDisconnect(Consumer<MemberId> listener) {
        disconnectListeners.add(listener);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        server.close().awaitUninterruptibly();
        for (OutboundLink link : links.values()) link.loop().submit(link::close).awaitUninterruptibly();
        for (Channel channel : accepted.keySet()) channel.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Nullable Handler handler(int service) {
        return handlers.get(service);
    }

    Optional<InetSocketAddress> addressOf(MemberId member) {
        return addresses.addressOf(member);
    }

    void inboundOpened(MemberId member, Channel channel) {
        accepted.put(channel, member);
        OutboundLink link = links.get(member);
        if (link != null) link.loop().execute(link::peerIsUp);
    }

    void inboundClosed(MemberId member, Channel channel) {
        accepted.remove(channel);
        lost(member);
    }

    void lost(MemberId member) {
        if (closed.get()) return;
        for (Consumer<MemberId> listener : disconnectListeners) listener.accept(member);
    }

    private void expire(Object loop) {
        for (OutboundLink link : links.values()) if (link.loop() == loop) link.expire();
    }

    ChannelFuture connect(
            EventLoop loop,
            InetSocketAddress address,
            FrameDecoder decoder,
            SimpleChannelInboundHandler<Frame> reader) {
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        ChannelPipeline pipeline = channel.pipeline();
                        if (clientTls != null) pipeline.addLast(clientTls.newHandler(channel.alloc()));
                        pipeline.addLast(decoder, reader);
                    }
                })
                .connect(resolved(address));
    }

    /** Names are looked up again at each connection, because members move. */
    private static InetSocketAddress resolved(InetSocketAddress address) {
        return address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
    }

    private static SslContext clientContext(PeerTls tls) throws IOException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .keyManager(tls.certificate().toFile(), tls.key().toFile())
                .trustManager(tls.authority().toFile())
                // The member id is checked against the certificate instead of a host name.
                .endpointIdentificationAlgorithm(null)
                .protocols("TLSv1.3")
                .build();
    }

    private static SslContext serverContext(PeerTls tls) throws IOException {
        return SslContextBuilder.forServer(tls.certificate().toFile(), tls.key().toFile())
                .sslProvider(SslProvider.JDK)
                .trustManager(tls.authority().toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .protocols("TLSv1.3")
                .build();
    }

    /** Prepares accepted connections. */
    private final class Acceptor extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            FrameDecoder decoder = new FrameDecoder(true);
            ChannelPipeline pipeline = channel.pipeline();
            if (serverTls != null) pipeline.addLast(serverTls.newHandler(channel.alloc()));
            pipeline.addLast(
                    new FlushConsolidationHandler(64, true),
                    decoder,
                    new InboundLink(NettyPeerTransport.this, options, handshake, decoder));
        }
    }
}
