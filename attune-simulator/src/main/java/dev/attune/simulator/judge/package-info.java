/** What must hold at every moment of a run, and who says so when it does not. */
@NullMarked
package dev.attune.simulator.judge;

import org.jspecify.annotations.NullMarked;
