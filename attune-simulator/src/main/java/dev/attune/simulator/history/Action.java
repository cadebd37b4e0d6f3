package dev.attune.simulator.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for: reads, or writes under guards. All guards are compared and all reads are taken from the
 * state before the writes; the writes happen together when every guard holds.
 *
 * @param name get, range, put, del, cas or txn; for people
 * @param stale whether the read may be answered from an old state
 */
public record Action(String name, List<Guard> guards, List<Write> writes, List<String> reads, boolean stale) {
    public Action {
        guards = List.copyOf(guards);
        writes = List.copyOf(writes);
        reads = List.copyOf(reads);
    }

    /** Holds when the key's value is {@code expected}; null means that the key is absent. */
    public record Guard(String key, @Nullable String expected) {}

    /** Sets the key, or removes it when {@code value} is null. Values of one run are unique. */
    public record Write(String key, @Nullable String value) {}

    public static Action get(String key) {
        return new Action("get", List.of(), List.of(), List.of(key), false);
    }

    public static Action staleGet(String key) {
        return new Action("get", List.of(), List.of(), List.of(key), true);
    }

    /** Reads all {@code keys} at one revision. */
    public static Action range(List<String> keys) {
        return new Action("range", List.of(), List.of(), keys, false);
    }

    public static Action put(String key, String value) {
        return new Action("put", List.of(), List.of(new Write(key, value)), List.of(), false);
    }

    public static Action delete(String key) {
        return new Action("del", List.of(), List.of(new Write(key, null)), List.of(), false);
    }

    public static Action compareAndSet(String key, @Nullable String expected, String value) {
        return new Action("cas", List.of(new Guard(key, expected)), List.of(new Write(key, value)), List.of(), false);
    }

    public static Action transaction(List<Guard> guards, List<Write> writes) {
        return new Action("txn", guards, writes, List.of(), false);
    }

    public boolean isRead() {
        return writes.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        if (stale) text.append(" stale");
        for (Guard guard : guards)
            text.append(" if ").append(guard.key()).append('=').append(shown(guard.expected()));
        for (Write write : writes)
            text.append(' ').append(write.key()).append(":=").append(shown(write.value()));
        for (String key : reads) text.append(' ').append(key);
        return text.toString();
    }

    private static String shown(@Nullable String value) {
        return value == null ? "∅" : value;
    }
}
