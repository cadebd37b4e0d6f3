package dev.attune.store;

/**
 * A 128-bit digest of the whole state, equal on every member that applied the same commands (G8). It is a sum over the
 * parts of the state, so it is kept incrementally and can be checked by a scan. It detects divergence and damage; it
 * does not withstand somebody who constructs collisions.
 */
public record StateHash(long high, long low) {
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
