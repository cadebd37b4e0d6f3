package dev.attune.server.files;

import dev.attune.model.config.Release;
import java.util.List;

/**
 * A page of a file's releases, newest first.
 *
 * @param current number of the current release, 0 when the file is deleted
 * @param before where the next page begins: the number to ask for releases before; 0 when this is the last page
 * @param revision the store's revision of the read
 */
public record History(List<Release> releases, long current, long before, long revision) {
    public History {
        releases = List.copyOf(releases);
    }
}
