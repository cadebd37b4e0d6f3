/** The commands, a class each. */
@NullMarked
package dev.attune.cli.command;

import org.jspecify.annotations.NullMarked;
