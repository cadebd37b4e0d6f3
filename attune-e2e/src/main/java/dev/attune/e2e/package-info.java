/** Long runs of faults on real processes. */
@NullMarked
package dev.attune.e2e;

import org.jspecify.annotations.NullMarked;
