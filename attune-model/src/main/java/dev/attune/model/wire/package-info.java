/** The binary form of shared values: one encoding for the log, the session protocol and snapshots. */
@NullMarked
package dev.attune.model.wire;

import org.jspecify.annotations.NullMarked;
