package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.option.NodeOptions;
import dev.attune.transport.PeerTransport;

/**
 * The library's settings with our transport in them. The library hands this very object to the client it creates for a
 * node, which is how the client finds its transport without anything static.
 */
final class PeerNodeOptions extends NodeOptions {
    private final PeerTransport transport;
    private final Acknowledged acknowledged;

    PeerNodeOptions(PeerTransport transport, Acknowledged acknowledged) {
        this.transport = transport;
        this.acknowledged = acknowledged;
    }

    /** Told of each answer to an append that carried entries, after the library has dealt with it; must not block. */
    interface Acknowledged {
        /** @param toldCommitted the highest commit index that the other member could learn from this append */
        void acknowledged(long toldCommitted);
    }

    PeerTransport transport() {
        return transport;
    }

    Acknowledged acknowledged() {
        return acknowledged;
    }
}
