/** The key-value vocabulary: ranges, operations, their results and events, with etcd's semantics. */
@NullMarked
package dev.attune.model.kv;

import org.jspecify.annotations.NullMarked;
