package dev.attune.config.change;

import dev.attune.model.config.Names;

/**
 * What a change does to one file; the text lies apart.
 *
 * @param delete whether the file goes away
 * @param base the release that the edit was made on, 0 for a new file; the change is refused when another is current
 */
public record ChangeEdit(String application, String cluster, String file, boolean delete, long base) {
    public ChangeEdit {
        Names.require("application", application);
        Names.require("cluster", cluster);
        Names.require("file", file);
        if (base < 0) throw new IllegalArgumentException("base: " + base + " (expected: >= 0)");
        if (delete && base == 0) throw new IllegalArgumentException("base: 0 (expected: the release to delete)");
    }
}
