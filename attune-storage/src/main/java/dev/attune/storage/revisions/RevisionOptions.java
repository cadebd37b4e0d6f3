package dev.attune.storage.revisions;

/**
 * Bounds of an {@link MvRevisionStore}.
 *
 * @param cacheMebibytes page cache, 1..4096 MiB
 * @param writeBytes how many bytes of records may gather in memory before the batches so far go to the file; that is
 *     also about what is applied again after a crash of the process
 * @param writeBatches how many batches may gather, at most
 */
public record RevisionOptions(int cacheMebibytes, int writeBytes, int writeBatches) {
    public RevisionOptions {
        check("cacheMebibytes", cacheMebibytes, 1, 4096);
        check("writeBytes", writeBytes, 1, 1 << 30);
        check("writeBatches", writeBatches, 1, 1 << 30);
    }

    /**
     * A cache of 16 MiB; to the file after 256 KiB or 20,000 batches. The thread that applies waits while pages are
     * written: with 256 KiB a commit took at most 3 ms of it, with 2 MiB up to 28 ms, for a file 9 % smaller.
     */
    public static RevisionOptions defaults() {
        return new RevisionOptions(16, 256 << 10, 20_000);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
