/** The JSON Lines form of what clients and watchers of a run saw. */
@NullMarked
package dev.attune.e2e.history;

import org.jspecify.annotations.NullMarked;
