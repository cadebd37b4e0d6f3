/** How two texts differ. */
@NullMarked
package dev.attune.model.diff;

import org.jspecify.annotations.NullMarked;
