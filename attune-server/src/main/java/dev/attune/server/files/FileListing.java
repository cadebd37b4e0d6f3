package dev.attune.server.files;

import dev.attune.config.release.Pointer;
import dev.attune.model.config.Coordinate;
import java.util.List;

/**
 * The files of an application at one revision, without their texts, by cluster and name.
 */
public record FileListing(long revision, List<Entry> files) {
    public FileListing {
        files = List.copyOf(files);
    }

    /** One file that is there. */
    public record Entry(Coordinate file, Pointer pointer) {}
}
