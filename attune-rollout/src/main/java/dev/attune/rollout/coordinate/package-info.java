/** What leads from one phase to the next: a pure step from the stored state to a transition. */
@NullMarked
package dev.attune.rollout.coordinate;

import org.jspecify.annotations.NullMarked;
