/** Judges recorded histories: linearizability, revision order and watches. Pure functions of the records. */
@NullMarked
package dev.attune.simulator.check;

import org.jspecify.annotations.NullMarked;
