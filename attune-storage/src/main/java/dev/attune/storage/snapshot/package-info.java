/** Whole states in checked files: snapshots of the log's state machine, and backups in the same form. */
@NullMarked
package dev.attune.storage.snapshot;

import org.jspecify.annotations.NullMarked;
