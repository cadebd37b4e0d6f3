/** Signals: what instances measured, kept in fixed steps for decisions, and what may be asked of it. */
@NullMarked
package dev.attune.tuning.signal;

import org.jspecify.annotations.NullMarked;
