package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.option.NodeOptions;
import dev.attune.transport.PeerTransport;

/**
 * The library's settings with our transport in them. The library hands this very object to the client it creates for a
 * node, which is how the client finds its transport without anything static.
 */
final class PeerNodeOptions extends NodeOptions {
    private final PeerTransport transport;

    PeerNodeOptions(PeerTransport transport) {
        this.transport = transport;
    }

    PeerTransport transport() {
        return transport;
    }
}
