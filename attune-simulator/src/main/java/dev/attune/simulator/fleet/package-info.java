/** Rollouts over a simulated fleet: nodes, instances that misbehave, people and judges, and checker E. */
@NullMarked
package dev.attune.simulator.fleet;

import org.jspecify.annotations.NullMarked;
