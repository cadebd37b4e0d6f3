/** Verdicts over the stages of guarded rollouts, from what their instances measure. */
@NullMarked
package dev.attune.server.verdicts;

import org.jspecify.annotations.NullMarked;
