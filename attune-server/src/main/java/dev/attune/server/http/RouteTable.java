package dev.attune.server.http;

import dev.attune.model.AttuneException;
import dev.attune.server.auth.Permission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every route of the server, each with its permission: what is not in here is not found. Filled by one thread before
 * the listener opens, read by all after.
 */
public final class RouteTable {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Route> byOperationId = new LinkedHashMap<>();
    private final Map<String, WebSocketRoute> webSockets = new TreeMap<>();
    private final List<GuestProtocol> guests = new ArrayList<>();
    private @Nullable Supplier<AttuneException> refusal;

    /** Adds a route; two with the same operation id, or the same method and path, are a bug. */
    public RouteTable add(Route route) {
        PathTemplate template = new PathTemplate(route.path());
        for (Entry each : entries)
            if (each.template.equals(template) && each.route.method().equals(route.method()))
                throw new IllegalArgumentException("route: " + route.method() + " " + route.path() + " twice");
        if (byOperationId.putIfAbsent(route.operationId(), route) != null)
            throw new IllegalArgumentException("operationId: " + route.operationId() + " twice");
        entries.add(new Entry(template, route));
        entries.sort(Comparator.comparing(Entry::template));
        return this;
    }

    /** Adds a WebSocket. */
    public RouteTable webSocket(WebSocketRoute route) {
        if (webSockets.putIfAbsent(route.path(), route) != null)
            throw new IllegalArgumentException("webSocket: " + route.path() + " twice");
        return this;
    }

    /** Adds a protocol of its own, recognised by its requests' content type. */
    public RouteTable guest(GuestProtocol protocol) {
        guests.add(protocol);
        return this;
    }

    /** Has whatever no route takes refused for this reason, instead of as unknown. */
    public RouteTable refuseOthers(Supplier<AttuneException> reason) {
        refusal = reason;
        return this;
    }

    /** Why what no route takes is refused; empty when it is just unknown. */
    Optional<AttuneException> refusal() {
        return refusal == null ? Optional.empty() : Optional.of(refusal.get());
    }

    /** Every protocol beside the API's own. */
    public List<GuestProtocol> guests() {
        return List.copyOf(guests);
    }

    /** The protocol that requests with this content type belong to; null for the API's own. */
    @Nullable GuestProtocol guestFor(@Nullable String contentType) {
        for (GuestProtocol each : guests) if (each.takes(contentType)) return each;
        return null;
    }

    /** Every route, for the OpenAPI document and for tests that must cover all. */
    public Collection<Route> routes() {
        return List.copyOf(byOperationId.values());
    }

    /** Every WebSocket mount. */
    public Collection<WebSocketRoute> webSockets() {
        return List.copyOf(webSockets.values());
    }

    Optional<WebSocketRoute> webSocketAt(String path) {
        return Optional.ofNullable(webSockets.get(path));
    }

    /** The route for a method and an undecoded, checked path. */
    Resolution resolve(String method, List<String> path) {
        boolean pathExists = false;
        for (Entry each : entries) {
            Map<String, String> parameters = each.template.match(path);
            if (parameters == null) continue;
            pathExists = true;
            if (each.route.method().equals(method)) return new Resolution(each.route, parameters, true);
        }
        return new Resolution(null, Map.of(), pathExists);
    }

    /**
     * What a path leads to.
     *
     * @param route null when nothing does
     * @param pathExists whether another method would have led somewhere
     */
    record Resolution(@Nullable Route route, Map<String, String> parameters, boolean pathExists) {}

    /**
     * A WebSocket mount and what it demands.
     *
     * @param path fixed, without parameters
     * @param subprotocol what a client must offer, and is answered with
     */
    public record WebSocketRoute(
            String path, Permission permission, String operationId, String subprotocol, WebSocketHandler handler) {}

    private record Entry(PathTemplate template, Route route) {}
}
