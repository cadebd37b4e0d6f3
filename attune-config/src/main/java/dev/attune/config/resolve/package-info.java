/** What a file means together with the files it imports and the values it refers to. Pure. */
@NullMarked
package dev.attune.config.resolve;

import org.jspecify.annotations.NullMarked;
