/** Controllers: from what was measured and what is in force to what should be (tuning §3.2-§3.4). */
@NullMarked
package dev.attune.tuning.control;

import org.jspecify.annotations.NullMarked;
