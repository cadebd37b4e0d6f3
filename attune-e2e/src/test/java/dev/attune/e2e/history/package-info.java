/** The JSON Lines form of histories. */
@NullMarked
package dev.attune.e2e.history;

import org.jspecify.annotations.NullMarked;
