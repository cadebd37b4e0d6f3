/** The attune command: its entry point and the way failures become exit codes. */
@NullMarked
package dev.attune.cli;

import org.jspecify.annotations.NullMarked;
