/** Policies at work in clusters of real processes. */
@NullMarked
package dev.attune.e2e.tuning;

import org.jspecify.annotations.NullMarked;
