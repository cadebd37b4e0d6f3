/** The command and its promises. */
@NullMarked
package dev.attune.simulator.run;

import org.jspecify.annotations.NullMarked;
