package dev.attune.client.session;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.session.SessionProtocol;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Connections over the JDK's WebSocket client. */
public final class WebSocketConnector implements Connector {
    private final HttpClient http;
    private final @Nullable String token;
    private final Duration timeout;

    /**
     * @param token sent as bearer credential; null for none
     * @param timeout how long a connection attempt may take
     * @param tls null for the JDK's default trust
     */
    public WebSocketConnector(@Nullable String token, Duration timeout, @Nullable SSLContext tls) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(timeout);
        if (tls != null) builder.sslContext(tls);
        this.http = builder.build();
        this.token = token;
        this.timeout = timeout;
    }

    @Override
    public CompletableFuture<Connection> connect(URI endpoint, Receiver receiver) {
        WebSocket.Builder builder =
                http.newWebSocketBuilder().connectTimeout(timeout).subprotocols(SessionProtocol.SUBPROTOCOL);
        if (token != null) builder.header("Authorization", "Bearer " + token);
        return builder.buildAsync(endpoint, new Inbound(receiver)).thenApply(socket -> {
            if (!socket.getSubprotocol().equals(SessionProtocol.SUBPROTOCOL)) {
                socket.abort();
                throw new AttuneException(
                        ErrorCode.FAILED_PRECONDITION,
                        "subprotocol: '" + socket.getSubprotocol() + "' (expected: " + SessionProtocol.SUBPROTOCOL
                                + "; is this an Attune centre of this version?)");
            }
            return new Outbound(socket);
        });
    }

    private record Outbound(WebSocket socket) implements Connection {
        @Override
        public CompletableFuture<?> send(ByteBuffer message) {
            return socket.sendBinary(message, true);
        }

        @Override
        public void close() {
            socket.abort();
        }
    }

    /** Puts a message's pieces together; the JDK hands on whatever one read of the socket brought. */
    private static final class Inbound implements WebSocket.Listener {
        private final Receiver receiver;
        private byte[] buffer = new byte[64 * 1024];
        private int size;

        Inbound(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            int length = data.remaining();
            if (length > SessionProtocol.SERVER_MESSAGE_BYTES_MAX - size) {
                socket.abort();
                receiver.closed("message: more than " + SessionProtocol.SERVER_MESSAGE_BYTES_MAX + " bytes");
                return null;
            }
            if (size + length > buffer.length)
                buffer = Arrays.copyOf(buffer, Math.max(size + length, buffer.length * 2));
            data.get(buffer, size, length);
            size += length;
            if (last) {
                int complete = size;
                size = 0;
                receiver.message(buffer, 0, complete);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            socket.abort();
            receiver.closed("text message (expected: binary)");
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            receiver.closed("closed with " + status + (reason.isEmpty() ? "" : ": " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            receiver.closed(String.valueOf(error));
        }
    }
}
