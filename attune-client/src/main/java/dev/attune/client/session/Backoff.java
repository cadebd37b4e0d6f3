package dev.attune.client.session;

import java.util.random.RandomGenerator;

/**
 * Full-jitter back-off (S6): before attempt n, a delay drawn evenly from 0 to {@code min(cap, base * 2^n)}, so that
 * clients cut off at the same moment do not come back at the same moment.
 *
 * @param baseMillis bound of the first delay, in milliseconds
 * @param capMillis bound of every delay, in milliseconds
 */
public record Backoff(long baseMillis, long capMillis) {
    public Backoff {
        if (baseMillis < 1) throw new IllegalArgumentException("baseMillis: " + baseMillis + " (expected: >= 1)");
        if (capMillis < baseMillis)
            throw new IllegalArgumentException("capMillis: " + capMillis + " (expected: >= " + baseMillis + ")");
    }

    /** How long to wait before attempt {@code attempt}, the first being 0, in milliseconds. */
    public long delayMillis(int attempt, RandomGenerator random) {
        long bound = attempt >= 62 || baseMillis > (capMillis >> attempt) ? capMillis : baseMillis << attempt;
        return random.nextLong(bound + 1);
    }
}
