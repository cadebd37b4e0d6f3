package dev.attune.server.api;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Whether the process is up, whether it serves, its metrics and its OpenAPI document. The first two tell nothing else
 * and need no token.
 */
public final class HealthRoutes implements Routes {
    private final Supplier<Optional<String>> notReady;
    private final Supplier<String> metrics;

    /**
     * @param notReady empty when the node serves linearizable reads, else the reason in one short line
     * @param metrics everything measured, in the Prometheus text format
     */
    public HealthRoutes(Supplier<Optional<String>> notReady, Supplier<String> metrics) {
        this.notReady = notReady;
        this.metrics = metrics;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/healthz", Permission.PUBLIC, "healthz", this::health)
                .summary("200 while the process is up"));
        table.add(Route.get("/readyz", Permission.PUBLIC, "readyz", this::ready)
                .summary("200 while the node serves, else 503"));
        table.add(Route.get("/metrics", Permission.READ, "metrics", this::metrics)
                .summary("Metrics in the Prometheus text format"));
        // Resolved at each call: routes may be mounted after this one.
        table.add(Route.get("/openapi.json", Permission.PUBLIC, "openapi", request -> openapi(table))
                .summary("This document"));
        table.add(Route.get("/attune/v1/kv.proto", Permission.PUBLIC, "grpcDefinition", request -> definition())
                .summary("The gRPC service on this port, in the protocol buffers language"));
    }

    private CompletableFuture<Reply> health(Request request) {
        return Reply.bytes(200, "text/plain; charset=utf-8", Bytes.utf8("up\n")).now();
    }

    private CompletableFuture<Reply> ready(Request request) {
        Optional<String> reason = notReady.get();
        return Reply.bytes(
                        reason.isEmpty() ? 200 : 503,
                        "text/plain; charset=utf-8",
                        Bytes.utf8(reason.orElse("ready") + "\n"))
                .now();
    }

    private CompletableFuture<Reply> metrics(Request request) {
        return Reply.bytes(200, "text/plain; version=0.0.4; charset=utf-8", Bytes.utf8(metrics.get()))
                .now();
    }

    private static CompletableFuture<Reply> definition() {
        try (InputStream in = HealthRoutes.class.getResourceAsStream("/attune/v1/kv.proto")) {
            if (in == null) throw new AttuneException(ErrorCode.INTERNAL, "kv.proto: not in this build");
            return Reply.bytes(200, "text/plain; charset=utf-8", Bytes.wrap(in.readAllBytes()))
                    .now();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompletableFuture<Reply> openapi(RouteTable table) {
        return Reply.bytes(200, "application/json", Json.write(OpenApi.document(table)))
                .now();
    }
}
