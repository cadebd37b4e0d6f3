package dev.attune.store;

/**
 * Bounds of a store. The two about requests take part in what the state is, so every member must use the same.
 *
 * @param recentBytesMax how much of the newest history is kept in memory for live watches, in bytes
 * @param requestsMax how many answered requests are remembered (G4); the oldest go first
 * @param requestResultBytesMax how many bytes of their results are kept; the oldest are forgotten first
 */
public record StoreOptions(long recentBytesMax, int requestsMax, long requestResultBytesMax) {
    /** 8 MiB of recent history, 1 000 000 requests, 64 MiB of results. */
    public static final StoreOptions DEFAULT = new StoreOptions(8L << 20, 1_000_000, 64L << 20);

    public StoreOptions {
        if (recentBytesMax < 0)
            throw new IllegalArgumentException("recentBytesMax: " + recentBytesMax + " (expected: >= 0)");
        if (requestsMax < 1) throw new IllegalArgumentException("requestsMax: " + requestsMax + " (expected: >= 1)");
        if (requestResultBytesMax < 0)
            throw new IllegalArgumentException("requestResultBytesMax: " + requestResultBytesMax + " (expected: >= 0)");
    }
}
