/**
 * Test beds on which ways to tune a service are compared: real processes under an open load, phases that move the best
 * setting, and a report (tuning §4.4, beds R1a and R2).
 */
@NullMarked
package dev.attune.bench.bed;

import org.jspecify.annotations.NullMarked;
