/** Virtual time. */
@NullMarked
package dev.attune.simulator.time;

import org.jspecify.annotations.NullMarked;
