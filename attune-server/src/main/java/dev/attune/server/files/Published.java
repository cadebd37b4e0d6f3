package dev.attune.server.files;

import dev.attune.model.config.Release;

/**
 * What a publish or rollback left behind.
 *
 * @param release the current release
 * @param created whether this call made it; false when its text was current before
 * @param revision a revision of the store at which it is current
 */
public record Published(Release release, boolean created, long revision) {}
