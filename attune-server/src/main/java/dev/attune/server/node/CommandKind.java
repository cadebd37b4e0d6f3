package dev.attune.server.node;

import dev.attune.model.wire.MalformedException;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;

/** What a host needs to know of an encoded command. */
final class CommandKind {
    /** Longer commands are not about leases, so most commands are not decoded twice. */
    private static final int LEASE_BYTES_MAX = 32;

    private CommandKind() {}

    static boolean concernsLeases(byte[] encoded) {
        if (encoded.length > LEASE_BYTES_MAX) return false;
        try {
            Command command = CommandCodec.decode(encoded);
            return command instanceof Command.GrantLease
                    || command instanceof Command.RevokeLease
                    || command instanceof Command.ExpireLease;
        } catch (MalformedException e) {
            return false;
        }
    }
}
