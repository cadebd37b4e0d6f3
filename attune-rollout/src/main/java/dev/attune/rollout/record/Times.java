package dev.attune.rollout.record;

/**
 * When a rollout was made and when it came to its phase, in milliseconds since 1970 by the clock of who wrote it. For
 * people and comparisons; no deadline rests on them (R7).
 */
public record Times(long createdMillis, long phaseMillis) {
    public Times {
        if (createdMillis < 0)
            throw new IllegalArgumentException("createdMillis: " + createdMillis + " (expected: >= 0)");
        if (phaseMillis < 0) throw new IllegalArgumentException("phaseMillis: " + phaseMillis + " (expected: >= 0)");
    }
}
