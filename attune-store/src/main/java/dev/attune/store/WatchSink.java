package dev.attune.store;

/**
 * Where one watcher's messages go. Called by the thread that steps the hub; must not block.
 *
 * <p>A sink holds a bounded number of bytes: once it is full it refuses, and the watcher continues from history when
 * the host says there is room again (W11). Nothing is ever dropped.
 */
@FunctionalInterface
public interface WatchSink {
    /** Takes the message, or returns false without taking it when there is no room. */
    boolean offer(WatchMessage message);
}
