/** Changing one key of a text and nothing else of it. Pure. */
@NullMarked
package dev.attune.config.edit;

import org.jspecify.annotations.NullMarked;
