/** Tests of signals. */
@NullMarked
package dev.attune.tuning.signal;

import org.jspecify.annotations.NullMarked;
