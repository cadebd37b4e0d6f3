package dev.attune.simulator.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one watcher asked for and was given. A watch that the SDK resumes by itself is one history; one that the
 * application closes and opens again at another revision is two.
 *
 * @param id names the watcher in reports
 * @param prefix the keys watched are those that start with it
 * @param from first revision of interest, at least 1
 * @param deliveries in the order of their callbacks
 */
public record WatchHistory(int id, String prefix, long from, List<Delivery> deliveries) {
    public WatchHistory {
        if (from < 1) throw new IllegalArgumentException("from: " + from + " (expected: >= 1)");
        deliveries = List.copyOf(deliveries);
    }

    /** One callback. */
    public sealed interface Delivery {}

    /** The matching events of one revision. */
    public record Batch(long revision, List<Seen> events) implements Delivery {
        public Batch {
            events = List.copyOf(events);
        }
    }

    /** Everything up to {@code revision} was delivered. */
    public record Progress(long revision) implements Delivery {}

    /** The watch ended by itself; {@code compacted} is the oldest readable revision when that is why, else 0. */
    public record Closed(String why, long compacted) implements Delivery {}

    /**
     * One event.
     *
     * @param value null for a delete
     * @param previousAsked whether {@code previous} is meaningful
     * @param previous the value before; null when the key was absent
     */
    public record Seen(
            String key, @Nullable String value, long revision, boolean previousAsked, @Nullable String previous) {
        public static Seen of(String key, @Nullable String value, long revision) {
            return new Seen(key, value, revision, false, null);
        }
    }
}
