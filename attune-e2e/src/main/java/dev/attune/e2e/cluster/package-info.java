/** Server processes on this machine: started, killed, paused, cut off from their disk, and started again. */
@NullMarked
package dev.attune.e2e.cluster;

import org.jspecify.annotations.NullMarked;
