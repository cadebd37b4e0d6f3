/** The state's values on disk by revision, in an H2 MVStore that is never synced on the commit path. */
@NullMarked
package dev.attune.storage.revisions;

import org.jspecify.annotations.NullMarked;
