/** One server's copy of the store, its files, and how they survive a crash. */
@NullMarked
package dev.attune.simulator.state;

import org.jspecify.annotations.NullMarked;
