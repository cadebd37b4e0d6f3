/** The few file operations the storage formats stand on, as a seam, so that tests can lose, tear and refuse writes. */
@NullMarked
package dev.attune.storage.disk;

import org.jspecify.annotations.NullMarked;
