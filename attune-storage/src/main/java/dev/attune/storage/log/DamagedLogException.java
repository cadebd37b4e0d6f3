package dev.attune.storage.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What was synced once can no longer be read (G7). The log is left as it is: the member must not vote with a shortened
 * log but fetch what is missing from its peers, or start again under a new identity.
 */
public final class DamagedLogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long offset;
    private final long firstIndex;
    private final long lastIndex;

    /**
     * @param file the segment
     * @param offset where in it, in bytes
     * @param firstIndex the lowest entry that may be affected
     * @param lastIndex the highest entry that may be affected; {@link Long#MAX_VALUE} when it cannot be told
     * @param what what is wrong, for people
     */
    public DamagedLogException(Path file, long offset, long firstIndex, long lastIndex, String what) {
        super("log " + file + " is damaged at offset " + offset + ", entries " + firstIndex + ".."
                + (lastIndex == Long.MAX_VALUE ? "?" : Long.toString(lastIndex)) + ": " + what);
        this.file = file;
        this.offset = offset;
        this.firstIndex = firstIndex;
        this.lastIndex = lastIndex;
    }

    public Path file() {
        return file;
    }

    public long offset() {
        return offset;
    }

    public long firstIndex() {
        return firstIndex;
    }

    public long lastIndex() {
        return lastIndex;
    }
}
