package dev.attune.server.auth;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Locale;

/** What a token may do. */
public enum Role {
    /** Sees configuration, keys and the cluster's state. */
    READER,
    /** Changes configuration, keys and leases as well. */
    PUBLISHER,
    /** May do everything. */
    ADMIN,
    /** May do to files what its token's grants say, and nothing else. */
    SCOPED;

    public boolean allows(Permission permission) {
        return switch (permission) {
            case PUBLIC, KNOWN -> true;
            case READ -> this != SCOPED;
            case PUBLISH -> this == PUBLISHER || this == ADMIN;
            case ADMIN -> this == ADMIN;
        };
    }

    /** The lower-case word of the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of a word of the API; fails with {@code INVALID_ARGUMENT}. */
    public static Role parse(String word) {
        for (Role role : values()) if (role.word().equals(word)) return role;
        throw new AttuneException(
                ErrorCode.INVALID_ARGUMENT, "role: unknown (expected: admin, publisher, reader or scoped)");
    }
}
