/** Virtual time: an ordered heap of events, and what happened as a hash. */
@NullMarked
package dev.attune.simulator.time;

import org.jspecify.annotations.NullMarked;
