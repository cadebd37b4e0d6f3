package dev.attune.server.api;

import dev.attune.server.http.Route;

/** The query parameters that every reading route takes. */
final class ReadQuery {
    private ReadQuery() {}

    static Route declare(Route route) {
        return route.query("consistency", "linearizable (default) or stale")
                .query("minRevision", "waits until this node has at least this revision, then reads locally");
    }
}
