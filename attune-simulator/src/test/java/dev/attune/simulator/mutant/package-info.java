/** Parts with a known bug each, to see that the simulator notices. */
@NullMarked
package dev.attune.simulator.mutant;

import org.jspecify.annotations.NullMarked;
