/** One run of a cluster: real consensus cores and real stores on simulated machines, what goes wrong, and the verdict. */
@NullMarked
package dev.attune.simulator.world;

import org.jspecify.annotations.NullMarked;
