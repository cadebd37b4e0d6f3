/** Verdicts over a change while some instances have it and others do not: regression, not yet known, or fine. */
@NullMarked
package dev.attune.tuning.verdict;

import org.jspecify.annotations.NullMarked;
