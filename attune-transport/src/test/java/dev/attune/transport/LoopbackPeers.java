package dev.attune.transport;

import dev.attune.consensus.MemberId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Members with real sockets on loopback that find each other through one shared address book. */
public final class LoopbackPeers implements AutoCloseable {
    private final String clusterId;
    private final Map<MemberId, InetSocketAddress> addresses = new ConcurrentHashMap<>();
    private final Map<MemberId, NettyPeerTransport> started = new ConcurrentHashMap<>();

    public LoopbackPeers(String clusterId) {
        this.clusterId = clusterId;
    }

    public NettyPeerTransport start(MemberId id) throws IOException {
        return start(id, options -> options);
    }

    /** Starts or, after a close, restarts a member on a new port. */
    public NettyPeerTransport start(MemberId id, UnaryOperator<PeerOptions> change) throws IOException {
        PeerOptions options = PeerOptions.of(id, clusterId, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        NettyPeerTransport transport =
                NettyPeerTransport.start(change.apply(options), member -> Optional.ofNullable(addresses.get(member)));
        addresses.put(id, transport.listening());
        started.put(id, transport);
        return transport;
    }

    @Override
    public void close() {
        started.values().forEach(NettyPeerTransport::close);
    }
}
