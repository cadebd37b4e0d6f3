/** Guarded rollouts over real processes. */
@NullMarked
package dev.attune.e2e.guarded;

import org.jspecify.annotations.NullMarked;
