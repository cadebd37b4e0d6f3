package dev.attune.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Json;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.tls.Authorities;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * The REST API of a centre. Tries the endpoints in turn while that cannot apply a change twice: when no connection was
 * made, or when the answer says so. Failures are {@link AttuneException}s with the server's code. Used by one thread.
 */
public final class ApiClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final long PAUSE_MILLIS = 100;
    private static final int PROBLEM_BYTES_MAX = 64 * 1024;

    private final Connection connection;
    private final HttpClient http;
    private final long clientId = new SecureRandom().nextLong() | 1;
    private long calls;
    private int endpoint;

    /** A client for this connection. */
    public ApiClient(Connection connection) {
        this.connection = connection;
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        Path authority = connection.authority();
        if (authority != null) client.sslContext(trust(authority));
        this.http = client.build();
    }

    private static SSLContext trust(Path authority) {
        try {
            return Authorities.trust(Files.readAllBytes(authority));
        } catch (IOException e) {
            throw new IllegalArgumentException("--ca: " + authority + " cannot be read", e);
        }
    }

    /** The answer to a GET, as JSON. */
    public JsonNode get(String path) {
        return json(send(ApiRequest.get(path)));
    }

    /** The answer to any call, as JSON; missing when there is no body. */
    public JsonNode call(ApiRequest request) {
        return json(send(request));
    }

    /** The body of the answer to any call. */
    public byte[] bytes(ApiRequest request) {
        try (InputStream body = send(request).body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw lost(request, e);
        }
    }

    /** The answer to any call as it arrives; the caller closes its body. */
    public HttpResponse<InputStream> send(ApiRequest request) {
        long deadline = System.nanoTime() + connection.timeout().toNanos();
        // One id for all tries: a change that reached a node whose answer was lost is not made twice.
        String requestId = Long.toHexString(clientId) + "-" + ++calls;
        AttuneException failure = null;
        int tries = 0;
        while (failure == null || System.nanoTime() < deadline) {
            if (failure != null && tries % connection.endpoints().size() == 0) pause(failure);
            tries++;
            try {
                HttpResponse<InputStream> response =
                        http.send(build(request, requestId), HttpResponse.BodyHandlers.ofInputStream());
                if (response.statusCode() < 300) return response;
                failure = problem(response);
                if (failure.code().retry() != ErrorCode.Retry.SAFE) throw failure;
            } catch (ConnectException | HttpConnectTimeoutException e) {
                failure = new AttuneException(
                        ErrorCode.UNAVAILABLE, "no node answers at " + base() + "; is one running (attune server)?", e);
            } catch (SSLHandshakeException e) {
                // Nothing was sent, and trying again meets the same certificate.
                throw new AttuneException(
                        ErrorCode.UNAUTHENTICATED,
                        "the certificate of " + base() + " is not trusted (" + e.getMessage()
                                + "); name its authority with --ca FILE",
                        e);
            } catch (IOException e) {
                failure = lost(request, e);
                if (failure.code().retry() != ErrorCode.Retry.SAFE) throw failure;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AttuneException(ErrorCode.OUTCOME_UNKNOWN, "interrupted", e);
            }
            endpoint = (endpoint + 1) % connection.endpoints().size();
        }
        throw failure;
    }

    private HttpRequest build(ApiRequest request, String requestId) {
        BodyPublisher body = request.body() == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(request.body());
        if (request.file() != null) {
            try {
                body = HttpRequest.BodyPublishers.ofFile(request.file());
            } catch (IOException e) {
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "no such file: " + request.file(), e);
            }
        }
        var builder =
                HttpRequest.newBuilder(URI.create(base() + request.path())).method(request.method(), body);
        request.headers().forEach(builder::header);
        if (!request.method().equals("GET")) builder.header("Attune-Request-Id", requestId);
        if (connection.token() != null) builder.header("Authorization", "Bearer " + connection.token());
        if (!request.streaming()) builder.timeout(connection.timeout());
        return builder.build();
    }

    private URI base() {
        return connection.endpoints().get(endpoint);
    }

    private static AttuneException lost(ApiRequest request, IOException cause) {
        boolean timedOut = cause instanceof HttpTimeoutException;
        String what = timedOut ? "no answer in time" : "the connection broke: " + cause.getMessage();
        if (request.method().equals("GET")) return new AttuneException(ErrorCode.UNAVAILABLE, what, cause);
        return new AttuneException(
                ErrorCode.OUTCOME_UNKNOWN, what + "; the change may or may not have happened", cause);
    }

    private static void pause(AttuneException failure) {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private static JsonNode json(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return Json.parse(body.readAllBytes());
        } catch (IOException | IllegalArgumentException e) {
            throw new AttuneException(
                    ErrorCode.INTERNAL, "an answer that is not JSON from " + response.uri() + "; is this Attune?", e);
        }
    }

    private static AttuneException problem(HttpResponse<InputStream> response) {
        byte[] text;
        try (InputStream body = response.body()) {
            text = body.readNBytes(PROBLEM_BYTES_MAX);
        } catch (IOException e) {
            text = new byte[0];
        }
        JsonNode problem;
        try {
            problem = Json.parse(text);
        } catch (IllegalArgumentException e) {
            problem = Json.object();
        }
        ErrorCode code = codeOf(problem.path("code").asText(""), response.statusCode());
        String title = problem.path("title").asText("HTTP status " + response.statusCode());
        String detail = problem.path("detail").asText("");
        String next = problem.path("next").asText("");
        var message = new StringBuilder(detail.isEmpty() ? title : detail);
        if (!next.isEmpty()) message.append(" — ").append(next);
        if (detail.isEmpty() && next.isEmpty() && !problem.has("title") && text.length > 0) {
            message.append(": ").append(new String(text, 0, Math.min(text.length, 200), StandardCharsets.UTF_8));
        }
        return new AttuneException(code, message.toString());
    }

    private static ErrorCode codeOf(@Nullable String name, int status) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) return code;
        }
        return switch (status) {
            case 400 -> ErrorCode.INVALID_ARGUMENT;
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 403 -> ErrorCode.PERMISSION_DENIED;
            case 404 -> ErrorCode.NOT_FOUND;
            case 409, 412 -> ErrorCode.CONFLICT;
            case 413 -> ErrorCode.TOO_LARGE;
            case 429 -> ErrorCode.OVERLOADED;
            case 503 -> ErrorCode.UNAVAILABLE;
            default -> ErrorCode.INTERNAL;
        };
    }
}
