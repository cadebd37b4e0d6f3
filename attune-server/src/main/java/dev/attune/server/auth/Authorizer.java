package dev.attune.server.auth;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The one place that decides who may do what. Identity comes from the bearer token alone: no header, address or agent
 * exempts anybody. Callable from any thread; never blocks.
 */
public interface Authorizer {
    /**
     * Completes with who holds {@code bearerToken}: {@link Principal#ANONYMOUS} for none, and fails with
     * {@code UNAUTHENTICATED} for one that is unknown, expired or revoked.
     */
    CompletableFuture<Principal> authenticate(Optional<String> bearerToken);

    /** Returns when {@code principal} holds {@code permission}, else fails: what is not allowed is denied. */
    default void require(Principal principal, Permission permission) {
        if (principal.may(permission)) return;
        if (principal.role().isEmpty())
            throw new AttuneException(ErrorCode.UNAUTHENTICATED, "This call needs a token.");
        throw new AttuneException(
                ErrorCode.PERMISSION_DENIED,
                "The role " + principal.role().get().word() + " may not do this (needed: a role with "
                        + permission.name().toLowerCase(java.util.Locale.ROOT) + ").");
    }

    /**
     * Returns when {@code principal} may do all of {@code verbs} to a file; an empty application or file means any, and
     * the caller leaves out what may not be seen. What may not be seen is {@code NOT_FOUND}.
     */
    default void require(
            Principal principal,
            java.util.Collection<Verb> verbs,
            String environment,
            String application,
            String file) {
        if (principal.role().isEmpty())
            throw new AttuneException(ErrorCode.UNAUTHENTICATED, "This call needs a token.");
        principal.rights().require(verbs, environment, application, file);
    }
}
