/** What goes wrong: the menu of faults and how a seed weighs them. */
@NullMarked
package dev.attune.simulator.fault;

import org.jspecify.annotations.NullMarked;
