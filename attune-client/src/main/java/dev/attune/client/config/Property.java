package dev.attune.client.config;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A handle on one typed value that always reads the newest: one volatile read and a comparison, without locks, and
 * without parsing again while nothing changed. Safe to share between threads; keep it as long as you like.
 */
public final class Property<T> {
    private final Config config;
    private final String key;
    private final String expected;
    private final Function<String, T> parser;
    private volatile @Nullable Parsed<T> parsed;

    /** A value as parsed from one snapshot. */
    private record Parsed<T>(ConfigSnapshot snapshot, @Nullable T value) {}

    Property(Config config, String key, ValueType<T> type) {
        this.config = config;
        this.key = key;
        this.expected = type.expected();
        this.parser = type.parser();
    }

    /** The value, or empty when there is none. Fails with {@code INVALID_ARGUMENT} when it has the wrong form. */
    public Optional<T> find() {
        return Optional.ofNullable(read());
    }

    /** The value, or {@code otherwise} when there is none. Fails as {@link #find} does. */
    public T or(T otherwise) {
        T value = read();
        return value == null ? otherwise : value;
    }

    /** The value. Fails with {@code NOT_FOUND} when there is none, and as {@link #find} does. */
    public T get() {
        T value = read();
        if (value == null) throw new AttuneException(ErrorCode.NOT_FOUND, key + ": no value");
        return value;
    }

    /** The key it reads. */
    public String key() {
        return key;
    }

    private @Nullable T read() {
        ConfigSnapshot now = config.snapshot();
        Parsed<T> last = parsed;
        if (last != null && last.snapshot.equals(now)) return last.value;
        String text = config.text(now, key);
        T value = text == null ? null : ConfigValues.parse(key, text, expected, parser);
        parsed = new Parsed<>(now, value);
        return value;
    }
}
