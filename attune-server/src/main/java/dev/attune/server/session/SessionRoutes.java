package dev.attune.server.session;

import dev.attune.model.session.SessionProtocol;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import io.vertx.core.Vertx;

/** Mounts the session protocol. Any token may open a session; what it may do is asked per operation. */
public final class SessionRoutes implements Routes {
    private final SessionServices services;

    public SessionRoutes(SessionServices services) {
        this.services = services;
    }

    @Override
    public void mount(RouteTable table) {
        table.webSocket(new RouteTable.WebSocketRoute(
                SessionProtocol.PATH,
                Permission.KNOWN,
                "openSession",
                SessionProtocol.SUBPROTOCOL,
                (socket, principal) -> new ServerSession(services, socket, principal, Vertx.currentContext()).start()));
    }
}
