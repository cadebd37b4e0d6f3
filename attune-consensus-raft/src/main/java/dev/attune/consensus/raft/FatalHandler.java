package dev.attune.consensus.raft;

/** Is told once that the member cannot go on, for instance after a failed fsync (G6): the process should end. */
@FunctionalInterface
public interface FatalHandler {
    /** Called on a thread of its own; the member no longer acknowledges, votes or serves. */
    void fatal(String reason, Throwable cause);
}
