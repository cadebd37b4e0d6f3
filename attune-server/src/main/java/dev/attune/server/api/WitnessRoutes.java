package dev.attune.server.api;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.util.function.Supplier;

/** What a witness answers: that it is up, and that whatever else is asked must be asked elsewhere. */
public final class WitnessRoutes implements Routes {
    private final Supplier<String> elsewhere;

    /** @param elsewhere says why this node does not serve and which ones do, in one line */
    public WitnessRoutes(Supplier<String> elsewhere) {
        this.elsewhere = elsewhere;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/healthz", Permission.PUBLIC, "healthz", request -> Reply.bytes(
                                200, "text/plain; charset=utf-8", Bytes.utf8("up\n"))
                        .now())
                .summary("200 while the process is up"));
        table.add(Route.get("/readyz", Permission.PUBLIC, "readyz", request -> Reply.bytes(
                                503, "text/plain; charset=utf-8", Bytes.utf8(elsewhere.get() + "\n"))
                        .now())
                .summary("503: a witness never serves"));
        table.refuseOthers(() -> new AttuneException(ErrorCode.UNAVAILABLE, elsewhere.get()));
    }
}
