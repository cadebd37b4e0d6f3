package dev.attune.config.release;

import dev.attune.model.config.Audience;
import dev.attune.model.config.Names;

/**
 * Serves another release of a file to some instances. Rules of a file are ordered: the first whose audience an instance
 * belongs to decides.
 *
 * @param name unique within the file
 * @param audience who gets it
 * @param release what they get
 * @param salt where a share of instances is drawn from; stays when the share grows
 */
public record GrayRule(String name, Audience audience, long release, String salt) {
    public GrayRule {
        Names.require("rule", name);
        if (release < 1) throw new IllegalArgumentException("release: " + release + " (expected: >= 1)");
    }
}
