package dev.attune.server.auth;

import java.util.List;
import java.util.Optional;

/**
 * Who sent a request.
 *
 * @param name what people called the token when they made it; for logs and history, never for decisions
 * @param role empty for a caller without a credential, who may use public routes only
 * @param tokenId names the token, so that its streams are cut when it is revoked; empty without one
 * @param expiresMillis when the token ends, in milliseconds since 1970, and its streams with it; 0 for never
 * @param rights what it may do to files
 * @param groups whose grants are among its rights
 * @param rightsRevision the store's revision that they were read at; a later change may have ended them
 */
public record Principal(
        String name,
        Optional<Role> role,
        String tokenId,
        long expiresMillis,
        Rights rights,
        List<String> groups,
        long rightsRevision) {
    /** A caller without a credential. */
    public static final Principal ANONYMOUS = new Principal("anonymous", Optional.empty(), "");

    public Principal {
        groups = List.copyOf(groups);
    }

    /** With a token that does not end by itself, and the rights of its role. */
    public Principal(String name, Optional<Role> role, String tokenId) {
        this(name, role, tokenId, 0, 0);
    }

    /** With the rights of its role. */
    Principal(String name, Optional<Role> role, String tokenId, long expiresMillis, long rightsRevision) {
        this(name, role, tokenId, expiresMillis, role.map(Rights::of).orElse(Rights.NONE), List.of(), rightsRevision);
    }

    public boolean may(Permission permission) {
        return permission == Permission.PUBLIC
                || role.map(r -> r.allows(permission)).orElse(false);
    }
}
