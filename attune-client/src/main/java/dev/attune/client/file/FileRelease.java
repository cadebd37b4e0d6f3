package dev.attune.client.file;

import dev.attune.model.config.Release;

/**
 * A release of a file.
 *
 * @param created whether the call made it; false for a read, and for a publish of the text that was current before
 * @param revision a revision of the store at which this holds
 */
public record FileRelease(Release release, boolean created, long revision) {}
