package dev.attune.tuning.signal;

import java.util.List;

/**
 * When instances of an application differed because somebody made them differ, as in a rollout over some of them. What was
 * measured then does not tell how much they differ by chance.
 *
 * @param spans in no order; they may overlap
 */
public record Disturbances(List<Span> spans) {
    /** Nobody made a difference. */
    public static final Disturbances NONE = new Disturbances(List.of());

    public Disturbances {
        spans = List.copyOf(spans);
    }

    /**
     * One of them.
     *
     * @param fromMillis since 1970
     * @param toMillis not before {@code fromMillis}
     */
    public record Span(long fromMillis, long toMillis) {
        public Span {
            if (toMillis < fromMillis)
                throw new IllegalArgumentException("toMillis: " + toMillis + " (expected: >= " + fromMillis + ")");
        }
    }

    /** Whether one of them has a part in the time from one moment to another. */
    public boolean touch(long fromMillis, long toMillis) {
        for (Span each : spans) if (each.fromMillis() < toMillis && each.toMillis() > fromMillis) return true;
        return false;
    }
}
