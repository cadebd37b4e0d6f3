package dev.attune.transport;

import dev.attune.consensus.MemberId;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where members listen for peers. Asked again at each connection, on a transport thread: must not block. */
@FunctionalInterface
public interface AddressBook {
    /** Empty while the address is not known; calls to the member then fail with UNAVAILABLE. */
    Optional<InetSocketAddress> addressOf(MemberId member);
}
