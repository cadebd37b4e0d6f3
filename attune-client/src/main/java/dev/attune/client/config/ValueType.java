package dev.attune.client.config;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a class of values is read from text. */
record ValueType<T>(String expected, Function<String, T> parser) {
    private static final Map<Class<?>, ValueType<?>> KNOWN = Map.ofEntries(
            Map.entry(String.class, new ValueType<>("text", text -> text)),
            Map.entry(Integer.class, new ValueType<>("a whole number", Integer::valueOf)),
            Map.entry(Long.class, new ValueType<>("a whole number", Long::valueOf)),
            Map.entry(Double.class, new ValueType<>("a number", Double::valueOf)),
            Map.entry(Float.class, new ValueType<>("a number", Float::valueOf)),
            Map.entry(Boolean.class, new ValueType<>("true or false", ConfigValues::bool)),
            Map.entry(Duration.class, new ValueType<>("a duration like 250ms, 2s or 5m", ConfigValues::duration)),
            Map.entry(Instant.class, new ValueType<>("a time like 2026-12-24T18:00:00Z", Instant::parse)),
            Map.entry(URI.class, new ValueType<>("a URI", URI::create)));

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            int.class,
            Integer.class,
            long.class,
            Long.class,
            double.class,
            Double.class,
            float.class,
            Float.class,
            boolean.class,
            Boolean.class);

    /** How {@code type} is read; null when it is no single value. */
    @SuppressWarnings("unchecked")
    static <T> @Nullable ValueType<T> find(Class<T> type) {
        Class<?> box = BOXES.getOrDefault(type, type);
        if (box.isEnum()) return (ValueType<T>) constants(box);
        return (ValueType<T>) KNOWN.get(box);
    }

    /** How {@code type} is read. */
    static <T> ValueType<T> of(Class<T> type) {
        ValueType<T> found = find(type);
        if (found == null)
            throw new IllegalArgumentException("type: " + type.getName() + " (expected: String, a number, Boolean,"
                    + " Duration, Instant, URI or an enum)");
        return found;
    }

    private static ValueType<Object> constants(Class<?> type) {
        Object[] all = type.getEnumConstants();
        return new ValueType<>("one of " + List.of(all), text -> {
            String wanted = text.toUpperCase(Locale.ROOT).replace('-', '_');
            for (Object each : all) if (((Enum<?>) each).name().equals(wanted)) return each;
            throw new IllegalArgumentException("constant");
        });
    }
}
