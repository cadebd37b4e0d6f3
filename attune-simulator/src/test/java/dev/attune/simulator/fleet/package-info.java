@NullMarked
package dev.attune.simulator.fleet;

import org.jspecify.annotations.NullMarked;
