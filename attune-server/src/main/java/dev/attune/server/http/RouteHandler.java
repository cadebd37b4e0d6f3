package dev.attune.server.http;

import java.util.concurrent.CompletableFuture;

/** Answers one request. Called on an event-loop thread after authorisation: must not block. */
@FunctionalInterface
public interface RouteHandler {
    /** The reply; a failure, thrown or completed, becomes a problem document. */
    CompletableFuture<Reply> handle(Request request);
}
