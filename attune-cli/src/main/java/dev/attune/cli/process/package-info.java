/** Running a program with configuration in its environment. */
@NullMarked
package dev.attune.cli.process;

import org.jspecify.annotations.NullMarked;
