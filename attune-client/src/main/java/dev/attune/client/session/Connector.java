package dev.attune.client.session;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Opens duplex message connections; declared for {@link Session} so that tests need no socket. */
public interface Connector {
    /** Connects; fails when the member does not answer, refuses the credential or does not speak the protocol. */
    CompletableFuture<Connection> connect(URI endpoint, Receiver receiver);

    /** An open connection. */
    interface Connection {
        /**
         * Sends one binary message; not called again before the future completed, and {@code message} is not touched
         * until then.
         */
        CompletableFuture<?> send(ByteBuffer message);

        /** Closes at once; the receiver may or may not be told. */
        void close();
    }

    /** What arrives; called by one thread at a time, which it must not block. */
    interface Receiver {
        void message(byte[] bytes, int offset, int length);

        /** The connection ended; said at least once unless it was closed from this side. */
        void closed(String reason);
    }
}
