package dev.attune.server.files;

import dev.attune.config.release.Pointer;
import dev.attune.model.config.Release;

/**
 * One release of a file as read.
 *
 * @param pointer what is current in the file
 * @param revision the store's revision of the read
 */
public record FileView(Release release, Pointer pointer, long revision) {
    public boolean isCurrent() {
        return pointer.stable() == release.number();
    }
}
