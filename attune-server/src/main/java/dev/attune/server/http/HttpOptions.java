package dev.attune.server.http;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the API listens.
 *
 * @param host address to bind; anything but loopback needs {@code tls}
 * @param port 0 for any free one
 * @param connectionsMax further ones are closed at once
 */
public record HttpOptions(String host, int port, Optional<Tls> tls, int connectionsMax) {
    /** On loopback without TLS. */
    public static HttpOptions loopback(int port) {
        return new HttpOptions("127.0.0.1", port, Optional.empty(), 10_000);
    }

    /** Certificate chain and private key in PEM. */
    public record Tls(Path certificate, Path key) {}
}
