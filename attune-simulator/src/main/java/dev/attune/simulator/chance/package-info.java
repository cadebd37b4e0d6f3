/** Where chance comes from: one seed, the same draws on every machine. */
@NullMarked
package dev.attune.simulator.chance;

import org.jspecify.annotations.NullMarked;
