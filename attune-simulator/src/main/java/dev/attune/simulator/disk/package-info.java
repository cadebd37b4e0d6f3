/** The disk under one server's log. */
@NullMarked
package dev.attune.simulator.disk;

import org.jspecify.annotations.NullMarked;
