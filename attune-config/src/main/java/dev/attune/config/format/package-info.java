/** Formats of files: which one a name means, whether a text is valid in it, and the keys the text holds. Pure. */
@NullMarked
package dev.attune.config.format;

import org.jspecify.annotations.NullMarked;
