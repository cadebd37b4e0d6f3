package dev.attune.server.http;

import dev.attune.server.auth.Principal;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A protocol with addressing and failures of its own that shares the API's port. Its callers are authenticated like all
 * others, before it sees them; what each of its calls demands it asks the authoriser. Called on the connection's loop
 * with a paused request; must not block.
 */
public interface GuestProtocol {
    /** Whether requests with this content type are its own. */
    boolean takes(@Nullable String contentType);

    /** Answers a request of this caller, who may be anonymous. */
    void handle(HttpServerRequest raw, Principal caller);

    /** Tells a caller why there is no answer. */
    void refuse(HttpServerRequest raw, Throwable failure);

    /** What it serves, as its protocol names it, for tests that must cover all. */
    Set<String> calls();
}
