/** What may refuse a change: the guard chain, its codes, and what it needs to know (tuning §3.1). */
@NullMarked
package dev.attune.tuning.guard;

import org.jspecify.annotations.NullMarked;
