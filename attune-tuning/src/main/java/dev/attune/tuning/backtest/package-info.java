/** What a policy would have done with signals that were recorded, and what they say about its model (tuning §6.1). */
@NullMarked
package dev.attune.tuning.backtest;

import org.jspecify.annotations.NullMarked;
