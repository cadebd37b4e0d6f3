package dev.attune.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.attune.server.auth.Authorizer;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Principal;
import dev.attune.server.auth.Role;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The listener itself, with routes made up for it, over real sockets. */
final class HttpListenerTest {
    private final Vertx vertx = Vertx.vertx();
    private final RouteTable table = new RouteTable();
    private final Authorizer authorizer = token -> CompletableFuture.supplyAsync(
            () -> token.map(word -> new Principal(word, Optional.of(Role.parse(word)), word))
                    .orElse(Principal.ANONYMOUS));
    private final HttpListener listener = new HttpListener(vertx, table, authorizer, new LiveStreams());

    @AfterEach
    void stop() {
        listener.shutdown(Duration.ZERO).orTimeout(10, TimeUnit.SECONDS).join();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @DisplayName("a failure after the handler's future has completed is answered too: no request hangs")
    void replyThatCannotBeSent_isAnsweredWithAProblem() throws Exception {
        table.add(Route.get(
                "/late",
                Permission.PUBLIC,
                "late",
                request -> CompletableFuture.supplyAsync(() -> Reply.empty(204).header("X-Broken", "a\0b"))));
        table.add(Route.get("/now", Permission.PUBLIC, "now", request -> Reply.empty(204)
                .header("X-Broken", "a\0b")
                .now()));
        table.add(Route.get(
                "/stream",
                Permission.PUBLIC,
                "stream",
                request -> CompletableFuture.supplyAsync(() -> Reply.events(stream -> {
                    throw new IllegalStateException("a stream's bug");
                }))));
        int port = listener.listen(HttpOptions.loopback(0)).join();

        assertThatThrownBy(() -> get(port, "/stream"))
                .isInstanceOf(java.io.IOException.class)
                .isNotInstanceOf(java.net.http.HttpTimeoutException.class);
        assertThat(get(port, "/late").statusCode()).isEqualTo(500);
        assertThat(get(port, "/now").statusCode()).isEqualTo(500);
    }

    @Test
    @DisplayName("one address without a credential gets no further connections; with one it does")
    void unprovenConnectionsOfOneAddress_areBounded() throws Exception {
        table.add(Route.get(
                "/open", Permission.PUBLIC, "open", request -> Reply.empty(204).now()));
        int port = listener.listen(HttpOptions.loopback(0).withUnprovenPerAddressMax(3))
                .join();
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
                assertThat(ask(sockets.get(i), "")).startsWith("HTTP/1.1 204");
            }
            try (Socket further = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(ask(further, "")).isEmpty();
            }

            assertThat(ask(sockets.get(0), "Authorization: Bearer reader\r\n")).startsWith("HTTP/1.1 204");
            try (Socket further = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(ask(further, "")).startsWith("HTTP/1.1 204");
            }
            // The one above is gone, so there is room again.
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                try (Socket again = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return ask(again, "").startsWith("HTTP/1.1 204");
                }
            });
        } finally {
            for (Socket each : sockets) each.close();
        }
    }

    /** The beginning of the answer; empty when the connection was closed instead. */
    private static String ask(Socket socket, String header) {
        try {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /open HTTP/1.1\r\nHost: x\r\n" + header + "\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[4096];
            int length = socket.getInputStream().read(answer);
            return length < 0 ? "" : new String(answer, 0, length, StandardCharsets.US_ASCII);
        } catch (java.io.IOException reset) {
            return "";
        }
    }

    @Test
    void webSocketWithoutTheSubprotocol_isRefusedAndWithItIsAnswered() {
        table.webSocket(new RouteTable.WebSocketRoute(
                "/socket", Permission.READ, "socket", "attune.v1", (socket, principal) -> {}));
        int port = listener.listen(HttpOptions.loopback(0)).join();
        URI uri = URI.create("ws://127.0.0.1:" + port + "/socket");

        WebSocket spoken = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer reader")
                .subprotocols("attune.v2", "attune.v1")
                .buildAsync(uri, new WebSocket.Listener() {})
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        assertThat(spoken.getSubprotocol()).isEqualTo("attune.v1");
        spoken.abort();
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .header("Authorization", "Bearer reader")
                        .buildAsync(uri, new WebSocket.Listener() {})
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join())
                .isInstanceOf(CompletionException.class);
    }
}
