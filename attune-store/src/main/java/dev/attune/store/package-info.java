/**
 * The state machine: a revisioned key-value store with etcd's semantics. Pure: it owns no thread, clock, file or
 * randomness, is stepped by its host and returns facts.
 */
@NullMarked
package dev.attune.store;

import org.jspecify.annotations.NullMarked;
