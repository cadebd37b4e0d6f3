package dev.attune.storage.log;

/**
 * One entry of the durable log.
 *
 * @param index position; a record at an index that is already there replaces it
 * @param term Raft term or Paxos ballot it was accepted in
 * @param kind the engine's own mark, 0..127; entries of kinds from {@link #SPECIAL_KIND} on are few, and the log lists
 *     them ({@link DurableLog#special})
 * @param payload opaque; never written to after it was handed in
 */
public record LogRecord(long index, long term, int kind, byte[] payload) {
    /** The first kind that the log lists. */
    public static final int SPECIAL_KIND = 2;

    public LogRecord {
        if (index < 1) throw new IllegalArgumentException("index: " + index + " (expected: >= 1)");
        if (kind < 0 || kind > 127) throw new IllegalArgumentException("kind: " + kind + " (expected: 0..127)");
    }
}
