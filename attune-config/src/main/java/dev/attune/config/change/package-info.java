/** Changes: edits of several files on their way to release, as one unit. Pure. */
@NullMarked
package dev.attune.config.change;

import org.jspecify.annotations.NullMarked;
