package dev.attune.store;

import dev.attune.model.Bytes;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A lease as of now. Its remaining time is not state: the leader's host measures it.
 *
 * @param id never 0
 * @param ttlMillis time to live without keep-alive, in milliseconds
 * @param keys the keys that end with it
 */
public record Lease(long id, long ttlMillis, Set<Bytes> keys) {
    public Lease {
        keys = Collections.unmodifiableSet(new TreeSet<>(keys));
    }
}
