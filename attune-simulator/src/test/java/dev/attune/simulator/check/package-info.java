/** Shows that the checkers accept good histories and catch every kind of bad one. */
@NullMarked
package dev.attune.simulator.check;

import org.jspecify.annotations.NullMarked;
