/** Guarded rollouts over real instances of the sample service, under real requests. */
@NullMarked
package dev.attune.e2e.guarded;

import org.jspecify.annotations.NullMarked;
