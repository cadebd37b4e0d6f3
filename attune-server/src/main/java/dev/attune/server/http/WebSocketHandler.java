package dev.attune.server.http;

import dev.attune.server.auth.Principal;
import io.vertx.core.http.ServerWebSocket;

/** Takes over a WebSocket once its caller is authorised and the handshake is done. Called on the socket's loop. */
@FunctionalInterface
public interface WebSocketHandler {
    /**
     * Sets the socket's handlers before it returns; must not block. What the caller may do beyond the permission of
     * the mount is checked with {@code principal} for each message.
     */
    void opened(ServerWebSocket socket, Principal principal);
}
