/** Decisions: one tick of a policy, recorded so that it can be replayed bit for bit and explained (tuning §3.1, §6.2). */
@NullMarked
package dev.attune.tuning.decision;

import org.jspecify.annotations.NullMarked;
