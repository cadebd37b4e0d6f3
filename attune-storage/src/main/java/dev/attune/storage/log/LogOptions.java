package dev.attune.storage.log;

/**
 * Sizes of a {@link FileDurableLog}.
 *
 * @param segmentBytes size of a preallocated segment, 4 KiB..1 GiB; a record that needs more gets a segment of its own
 * @param reserveSegments how many empty segments are kept ready ahead of the log, so that a full disk is noticed
 *     before the log needs space; with 0 each segment is made when it is needed
 * @param bufferBytes how much is gathered before it is handed to the operating system without a sync
 * @param cacheBytes bound of the newest records kept in memory for reading
 * @param payloadBytesMax largest payload of a record or value of a register
 */
public record LogOptions(int segmentBytes, int reserveSegments, int bufferBytes, long cacheBytes, int payloadBytesMax) {
    public LogOptions {
        check("segmentBytes", segmentBytes, 4 << 10, 1 << 30);
        check("reserveSegments", reserveSegments, 0, 64);
        check("bufferBytes", bufferBytes, 64, 1 << 28);
        check("cacheBytes", cacheBytes, 0, Long.MAX_VALUE);
        check("payloadBytesMax", payloadBytesMax, 1, 1 << 29);
    }

    /** 16 MiB segments with one in reserve, a 1 MiB buffer, a 16 MiB cache, payloads up to 64 MiB. */
    public static LogOptions defaults() {
        return new LogOptions(16 << 20, 1, 1 << 20, 16 << 20, 64 << 20);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
