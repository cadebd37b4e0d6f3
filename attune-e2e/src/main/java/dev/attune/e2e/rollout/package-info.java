/** Fleets of SDK instances in processes of their own, for tests of rollouts. */
@NullMarked
package dev.attune.e2e.rollout;

import org.jspecify.annotations.NullMarked;
