package dev.attune.server.keyspace;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * The request id as text, for protocols that carry it in a header or metadata: {@code <client id in
 * hexadecimal>-<sequence>}. A repeat under the same id has one effect (G4).
 */
public final class RequestIdHeader {
    /** The header's name; names of metadata are the same in lower case. */
    public static final String NAME = "Attune-Request-Id";

    private RequestIdHeader() {}

    /** The id; null for an absent or empty header; fails with {@code INVALID_ARGUMENT}. */
    public static @Nullable RequestId parse(@Nullable String text) {
        if (text == null || text.isEmpty()) return null;
        int dash = text.indexOf('-');
        try {
            if (dash > 0)
                return new RequestId(
                        Long.parseUnsignedLong(text.substring(0, dash), 16),
                        Long.parseLong(text.substring(dash + 1)),
                        0);
        } catch (IllegalArgumentException e) {
            // Told below, without repeating what was sent.
        }
        throw new AttuneException(
                ErrorCode.INVALID_ARGUMENT, NAME + ": malformed (expected: <hexadecimal client>-<sequence>)");
    }
}
