package dev.attune.simulator.client;

import dev.attune.model.kv.Operation;

/** What a client sends to a server. */
public sealed interface Request {
    /** Wants a lease's time to begin anew. */
    record KeepAlive(long leaseId) implements Request {}

    /** A command for the log. The server passes it on unread. */
    record Write(byte[] command) implements Request {}

    /**
     * A read.
     *
     * @param revisionMin −1 for a linearizable read; else an old state will do that is at least at this revision (G2)
     */
    record Read(Operation operation, long revisionMin) implements Request {
        public boolean linearizable() {
            return revisionMin < 0;
        }
    }
}
