package dev.attune.transport;

import dev.attune.consensus.MemberId;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Settings of one member's transport.
 *
 * @param clusterId both sides must name the same, 1 to 100 characters; keeps clusters apart that share a network
 * @param listen where peers connect; port 0 takes a free one
 * @param frameBytesMax longest frame taken or sent, 1 KiB to 256 MiB
 * @param queueBytesMax most bytes that wait for one peer; calls beyond fail with OVERLOADED, messages are dropped
 */
public record PeerOptions(
        MemberId self,
        String clusterId,
        InetSocketAddress listen,
        Optional<PeerTls> tls,
        int frameBytesMax,
        long queueBytesMax) {
    public PeerOptions {
        if (clusterId.isEmpty() || clusterId.length() > 100)
            throw new IllegalArgumentException("clusterId: \"" + clusterId + "\" (expected: 1 to 100 characters)");
        if (frameBytesMax < 1 << 10 || frameBytesMax > 1 << 28)
            throw new IllegalArgumentException("frameBytesMax: " + frameBytesMax + " (expected: 1 KiB..256 MiB)");
        if (queueBytesMax < frameBytesMax)
            throw new IllegalArgumentException(
                    "queueBytesMax: " + queueBytesMax + " (expected: >= frameBytesMax " + frameBytesMax + ")");
    }

    /** Without TLS, frames up to 9 MiB and 64 MiB waiting for each peer. */
    public static PeerOptions of(MemberId self, String clusterId, InetSocketAddress listen) {
        return new PeerOptions(self, clusterId, listen, Optional.empty(), 9 << 20, 64L << 20);
    }

    public PeerOptions withTls(PeerTls newTls) {
        return new PeerOptions(self, clusterId, listen, Optional.of(newTls), frameBytesMax, queueBytesMax);
    }
}
