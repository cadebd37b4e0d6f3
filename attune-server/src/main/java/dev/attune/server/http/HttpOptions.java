package dev.attune.server.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the API listens.
 *
 * @param host address to bind; anything but loopback needs {@code tls}
 * @param port 0 for any free one
 * @param connectionsMax further ones are closed at once
 * @param unprovenPerAddressMax connections of one address on which no valid credential has arrived yet; further ones
 *     are closed at once
 * @param idle how long a connection may carry nothing in either direction
 */
public record HttpOptions(
        String host, int port, Optional<Tls> tls, int connectionsMax, int unprovenPerAddressMax, Duration idle) {
    private static final int CONNECTIONS_MAX = 10_000;
    private static final int UNPROVEN_PER_ADDRESS_MAX = 50;
    private static final Duration IDLE = Duration.ofSeconds(60);

    /** On loopback without TLS. Behind a proxy on this host all clients have one address: it is not bounded. */
    public static HttpOptions loopback(int port) {
        return new HttpOptions("127.0.0.1", port, Optional.empty(), CONNECTIONS_MAX, CONNECTIONS_MAX, IDLE);
    }

    /** On an address that other hosts may reach. */
    public static HttpOptions open(String host, int port, Optional<Tls> tls) {
        return new HttpOptions(host, port, tls, CONNECTIONS_MAX, UNPROVEN_PER_ADDRESS_MAX, IDLE);
    }

    /** The same on another address of this machine. */
    public HttpOptions withHost(String other) {
        return new HttpOptions(other, port, tls, connectionsMax, unprovenPerAddressMax, idle);
    }

    /** The same with TLS. */
    public HttpOptions withTls(Optional<Tls> with) {
        return new HttpOptions(host, port, with, connectionsMax, unprovenPerAddressMax, idle);
    }

    /** The same with another bound for unproven connections. */
    public HttpOptions withUnprovenPerAddressMax(int most) {
        return new HttpOptions(host, port, tls, connectionsMax, most, idle);
    }

    /** The same with another idle time. */
    public HttpOptions withIdle(Duration time) {
        return new HttpOptions(host, port, tls, connectionsMax, unprovenPerAddressMax, time);
    }

    /** Certificate chain and private key in PEM. */
    public record Tls(Path certificate, Path key) {}
}
