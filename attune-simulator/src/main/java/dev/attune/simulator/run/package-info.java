/** Many seeds, on several threads, and the command that starts them. */
@NullMarked
package dev.attune.simulator.run;

import org.jspecify.annotations.NullMarked;
