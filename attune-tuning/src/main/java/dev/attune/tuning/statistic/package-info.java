/** Statistics and detectors. Sums run in a fixed order and functions are those of StrictMath: results are the same bits. */
@NullMarked
package dev.attune.tuning.statistic;

import org.jspecify.annotations.NullMarked;
