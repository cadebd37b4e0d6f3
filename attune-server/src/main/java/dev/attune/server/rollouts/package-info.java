/** Rollouts carried out: who is asked what, what was answered, and what follows from it. */
@NullMarked
package dev.attune.server.rollouts;

import org.jspecify.annotations.NullMarked;
