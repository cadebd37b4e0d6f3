/** Seeds with the real parts. */
@NullMarked
package dev.attune.simulator.world;

import org.jspecify.annotations.NullMarked;
