/** Interesting states a run has been in. */
@NullMarked
package dev.attune.simulator.reach;

import org.jspecify.annotations.NullMarked;
