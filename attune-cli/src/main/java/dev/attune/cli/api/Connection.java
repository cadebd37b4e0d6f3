package dev.attune.cli.api;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which centre, as whom.
 *
 * @param endpoints base addresses of nodes, tried in order; never empty
 * @param token bearer token; null to call without one
 * @param authority PEM certificates of whom to trust behind {@code https}; null for those that Java trusts
 * @param timeout for one whole call, over all endpoints
 */
public record Connection(List<URI> endpoints, @Nullable String token, @Nullable Path authority, Duration timeout) {
    public Connection {
        if (endpoints.isEmpty()) throw new IllegalArgumentException("endpoints: none (expected: at least one)");
        endpoints = List.copyOf(endpoints);
    }

    /** Without the token, which must not reach a log by accident. */
    @Override
    public String toString() {
        return "Connection" + endpoints;
    }
}
