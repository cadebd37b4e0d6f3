package dev.attune.client.session;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a session behaves.
 *
 * @param endpoints WebSocket addresses of members, tried in turn from a random one
 * @param clusterId the only cluster to talk to, or null to take the first that answers (S5)
 * @param inFlightMax most unanswered calls; further ones fail with {@code OVERLOADED}; a power of two
 * @param queuedBytesMax most bytes waiting to be sent; further calls fail with {@code OVERLOADED}
 * @param reconnect delays between connection attempts
 * @param retry delays between attempts of a call that was certainly not carried out
 * @param silenceMillis a link on which something is waited for is given up when it stays silent this long in spite of
 *     a ping
 * @param idleMillis the same for a link on which nothing is waited for; pings go out after a third of it, which must be
 *     less than the time after which a member closes an idle connection
 */
public record SessionOptions(
        List<URI> endpoints,
        @Nullable String clusterId,
        int inFlightMax,
        long queuedBytesMax,
        Backoff reconnect,
        Backoff retry,
        long silenceMillis,
        long idleMillis) {
    public SessionOptions {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) throw new IllegalArgumentException("endpoints: 0 (expected: >= 1)");
        if (inFlightMax < 1 || Integer.bitCount(inFlightMax) != 1)
            throw new IllegalArgumentException("inFlightMax: " + inFlightMax + " (expected: a power of two)");
    }

    /** Defaults for these members. */
    public static SessionOptions of(List<URI> endpoints) {
        return new SessionOptions(
                endpoints, null, 16 * 1024, 64L << 20, new Backoff(50, 5_000), new Backoff(10, 500), 3_000, 45_000);
    }

    public SessionOptions withClusterId(@Nullable String id) {
        return new SessionOptions(
                endpoints, id, inFlightMax, queuedBytesMax, reconnect, retry, silenceMillis, idleMillis);
    }

    /** The same with another time for links on which nothing is waited for. */
    public SessionOptions withIdleMillis(long millis) {
        return new SessionOptions(
                endpoints, clusterId, inFlightMax, queuedBytesMax, reconnect, retry, silenceMillis, millis);
    }

    public SessionOptions withInFlightMax(int most) {
        return new SessionOptions(
                endpoints, clusterId, most, queuedBytesMax, reconnect, retry, silenceMillis, idleMillis);
    }
}
