/** Simulated plants with known truth, in virtual time (tuning §4.3). */
@NullMarked
package dev.attune.tuning.plant;

import org.jspecify.annotations.NullMarked;
