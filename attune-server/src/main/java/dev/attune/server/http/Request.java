package dev.attune.server.http;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Principal;
import dev.attune.server.keyspace.ReadLevel;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One authorised request with its body. Accessors of malformed or missing parts fail with {@code INVALID_ARGUMENT}.
 * Safe to share between threads.
 */
public final class Request {
    private final Principal principal;
    private final Route route;
    private final Map<String, String> pathParameters;
    private final Map<String, String> query;
    private final Function<String, Optional<String>> headers;
    private final Bytes body;

    Request(
            Principal principal,
            Route route,
            Map<String, String> pathParameters,
            Map<String, String> query,
            Function<String, Optional<String>> headers,
            Bytes body) {
        this.principal = principal;
        this.route = route;
        this.pathParameters = Map.copyOf(pathParameters);
        this.query = Map.copyOf(query);
        this.headers = headers;
        this.body = body;
    }

    public Principal principal() {
        return principal;
    }

    public Route route() {
        return route;
    }

    /** A parameter of the path as text; decoded once, malformed UTF-8 refused. */
    public String path(String name) {
        return Percent.text(rawPath(name));
    }

    /** A parameter of the path as bytes, which need not be UTF-8. */
    public Bytes pathBytes(String name) {
        return Percent.bytes(rawPath(name), false);
    }

    public Optional<String> query(String name) {
        return queryBytes(name).map(Percent::utf8);
    }

    /** A query parameter as bytes, which need not be UTF-8. */
    public Optional<Bytes> queryBytes(String name) {
        if (!route.query().containsKey(name)) throw new IllegalArgumentException("query: " + name + " is not declared");
        return Optional.ofNullable(query.get(name)).map(raw -> Percent.bytes(raw, true));
    }

    /** A whole number ≥ 0, or {@code otherwise} when absent. */
    public long queryLong(String name, long otherwise) {
        return query(name).map(text -> number(name, text)).orElse(otherwise);
    }

    /** True for {@code ?name}, {@code ?name=true}; false for {@code false} and when absent. */
    public boolean queryFlag(String name) {
        String text = query(name).orElse("false");
        if (text.isEmpty() || text.equals("true")) return true;
        if (text.equals("false")) return false;
        throw new AttuneException(ErrorCode.INVALID_ARGUMENT, name + ": not understood (expected: true or false)");
    }

    /** The read level that {@code ?consistency=} and {@code ?minRevision=} ask for; the route must declare both. */
    public ReadLevel readLevel() {
        long minRevision = queryLong("minRevision", 0);
        String word = query("consistency").orElse(minRevision > 0 ? "stale" : "linearizable");
        if (word.equals("stale")) return minRevision > 0 ? ReadLevel.atLeast(minRevision) : ReadLevel.STALE;
        if (word.equals("linearizable")) return ReadLevel.LINEARIZABLE;
        throw new AttuneException(
                ErrorCode.INVALID_ARGUMENT, "consistency: not understood (expected: linearizable or stale)");
    }

    public Optional<String> header(String name) {
        return headers.apply(name);
    }

    public Bytes body() {
        return body;
    }

    /** The body as a JSON value of this class. */
    public <T> T json(Class<T> type) {
        return Json.read(body, type);
    }

    static long number(String name, String text) {
        try {
            long value = Long.parseLong(text);
            if (value >= 0) return value;
        } catch (NumberFormatException e) {
            // Told below, without repeating what was sent.
        }
        throw new AttuneException(ErrorCode.INVALID_ARGUMENT, name + ": not a number (expected: 0 or more)");
    }

    private String rawPath(String name) {
        String raw = pathParameters.get(name);
        if (raw == null) throw new IllegalArgumentException("path parameter: " + name + " is not in " + route.path());
        return raw;
    }
}
