package dev.attune.server.files;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyValue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Small values that hardly change and are read with every write, decoded once for each change. Safe for all threads.
 *
 * @param <T> what they stand for
 */
final class Decoded<T> {
    private static final int KEPT_MAX = 4_096;

    private final Function<Bytes, T> decode;
    private final ConcurrentHashMap<Bytes, Kept<T>> kept = new ConcurrentHashMap<>();

    private record Kept<T>(long revision, T value) {}

    Decoded(Function<Bytes, T> decode) {
        this.decode = decode;
    }

    T of(KeyValue found) {
        Kept<T> known = kept.get(found.key());
        // A key never has two values at one revision.
        if (known != null && known.revision() == found.modRevision()) return known.value();
        T value = decode.apply(found.value());
        if (kept.size() >= KEPT_MAX) kept.clear();
        kept.put(found.key(), new Kept<>(found.modRevision(), value));
        return value;
    }
}
