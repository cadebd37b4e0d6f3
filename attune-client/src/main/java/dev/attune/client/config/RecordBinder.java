package dev.attune.client.config;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record out of the keys below a prefix. A component {@code maxSize} reads {@code max-size}, {@code maxSize} or
 * {@code max_size}; records nest; lists read {@code name[0]…} or a value with commas; {@code Map<String, String>} takes
 * all keys below its name; {@code Optional} may be absent. What the record's constructor refuses is the value's fault.
 */
final class RecordBinder {
    private final Map<String, String> keys;
    private final List<String> read = new ArrayList<>();

    RecordBinder(Map<String, String> keys) {
        this.keys = keys;
    }

    /** The keys that were looked at. */
    List<String> read() {
        return read;
    }

    /** Fails with {@code INVALID_ARGUMENT} and the key that does not fit. */
    <T> T bind(String prefix, Class<T> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) throw new IllegalArgumentException("type: " + type.getName() + " (expected: a record)");
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = component(name(prefix, components[i].getName()), components[i]);
        }
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            String where = prefix.isEmpty() ? type.getSimpleName() : prefix;
            Throwable refusal = e.getCause() == null ? e : e.getCause();
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, where + ": " + refusal.getMessage(), refusal);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("type: " + type.getName() + " cannot be made", e);
        }
    }

    private Object component(String key, RecordComponent component) {
        if (component.getType() == Optional.class)
            return Optional.ofNullable(value(key, argument(component.getGenericType()), null));
        DefaultValue otherwise = component.getAnnotation(DefaultValue.class);
        Object value = value(key, component.getGenericType(), otherwise == null ? null : otherwise.value());
        if (value == null) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, key + ": missing (expected: a value)");
        return value;
    }

    private @Nullable Object value(String key, Type type, @Nullable String otherwise) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class)
            return list(key, argument(type), otherwise);
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) return map(key);
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            boolean present = keys.keySet().stream().anyMatch(each -> each.startsWith(key + "."));
            return present || isAllDefaults(plain) ? bind(key, plain) : null;
        }
        read.add(key);
        String text = keys.getOrDefault(key, otherwise);
        return text == null ? null : parsed(key, text, plain);
    }

    private static boolean isAllDefaults(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .allMatch(each -> each.isAnnotationPresent(DefaultValue.class)
                        || each.getType() == Optional.class
                        || each.getType() == List.class
                        || each.getType() == Map.class
                        || (each.getType().isRecord() && isAllDefaults(each.getType())));
    }

    private static <T> T parsed(String key, String text, Class<T> type) {
        ValueType<T> known = ValueType.of(type);
        return ConfigValues.parse(key, text, known.expected(), known.parser());
    }

    private List<Object> list(String key, Type element, @Nullable String otherwise) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; ; i++) {
            String name = key + "[" + i + "]";
            boolean present = keys.containsKey(name) || keys.keySet().stream().anyMatch(k -> k.startsWith(name + "."));
            if (!present) break;
            Object value = value(name, element, null);
            if (value != null) all.add(value);
        }
        read.add(key);
        String together = keys.getOrDefault(key, otherwise);
        if (all.isEmpty() && together != null && element instanceof Class<?> plain)
            for (String each : ConfigValues.list(together)) all.add(parsed(key, each, plain));
        return List.copyOf(all);
    }

    private Map<String, String> map(String key) {
        Map<String, String> below = new LinkedHashMap<>();
        keys.forEach((name, value) -> {
            if (!name.startsWith(key + ".")) return;
            read.add(name);
            below.put(name.substring(key.length() + 1), value);
        });
        return Map.copyOf(below);
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    /** The spelling that the configuration uses, or the one with dashes when it uses none. */
    private String name(String prefix, String component) {
        String dashed = component.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
        String start = prefix.isEmpty() ? "" : prefix + ".";
        for (String each : new String[] {component, dashed.replace('-', '_')})
            if (isUsed(start + each)) return start + each;
        return start + dashed;
    }

    private boolean isUsed(String key) {
        return keys.keySet().stream()
                .anyMatch(each -> each.equals(key) || each.startsWith(key + ".") || each.startsWith(key + "["));
    }
}
