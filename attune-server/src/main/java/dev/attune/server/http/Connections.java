package dev.attune.server.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many connections are open, and how many of one address have not yet shown a valid credential, so that one
 * host without a token cannot take the room of all others. Safe to share between threads.
 */
final class Connections {
    private final int max;
    private final int unprovenPerAddressMax;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<Peer, Boolean> unproven = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Integer> unprovenByAddress = new ConcurrentHashMap<>();

    /** The other end of one connection. */
    record Peer(String address, int port) {}

    Connections(int max, int unprovenPerAddressMax) {
        this.max = max;
        this.unprovenPerAddressMax = unprovenPerAddressMax;
    }

    /** Counts a new connection; false when it must be closed. {@link #closed} follows in either case. */
    boolean opened(Peer peer) {
        unproven.put(peer, true);
        int ofAddress = unprovenByAddress.merge(peer.address(), 1, Integer::sum);
        return open.incrementAndGet() <= max && ofAddress <= unprovenPerAddressMax;
    }

    /** A valid credential arrived on the connection. */
    void proven(Peer peer) {
        if (unproven.remove(peer) != null)
            unprovenByAddress.computeIfPresent(peer.address(), (address, count) -> count == 1 ? null : count - 1);
    }

    void closed(Peer peer) {
        proven(peer);
        open.decrementAndGet();
    }
}
