/** What differs between two contents of a file by key. Pure. */
@NullMarked
package dev.attune.config.diff;

import org.jspecify.annotations.NullMarked;
