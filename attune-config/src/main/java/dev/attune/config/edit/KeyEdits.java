package dev.attune.config.edit;

import dev.attune.config.format.Documents;
import dev.attune.config.format.Format;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Sets or removes one key of a file and leaves every other byte alone: order, comments and spelling stay.
 *
 * <p>Idea: an editor for each format finds the place and rewrites it; then the new text is read again and its keys are
 * compared with what was asked for. An edit that would change anything else is refused, never made.
 */
public final class KeyEdits {
    private KeyEdits() {}

    /**
     * The text with {@code key} set to {@code value}; a new key is added behind its siblings.
     *
     * @throws AttuneException {@code FAILED_PRECONDITION} when this key cannot be changed alone (an alias, a list
     *     element that is not there); {@code INVALID_ARGUMENT} when the text is not valid or has no keys
     */
    public static Bytes set(String file, Bytes text, String key, String value) {
        Map<String, String> wanted = new LinkedHashMap<>(keys(file, text));
        if (value.equals(wanted.get(key))) return text;
        wanted.put(key, value);
        return checked(file, editor(file).set(Documents.decode(text), key, value), wanted, key);
    }

    /**
     * The text without {@code key}.
     *
     * @throws AttuneException {@code NOT_FOUND} when there is no such key, and as {@link #set} does
     */
    public static Bytes remove(String file, Bytes text, String key) {
        Map<String, String> wanted = new LinkedHashMap<>(keys(file, text));
        if (wanted.remove(key) == null)
            throw new AttuneException(ErrorCode.NOT_FOUND, "There is no key of this name in " + file + ".");
        return checked(file, editor(file).remove(Documents.decode(text), key), wanted, key);
    }

    private static Map<String, String> keys(String file, Bytes text) {
        Map<String, String> keys = Documents.keys(file, text);
        if (keys == null)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, file + ": has no keys (expected: not plain text)");
        return keys;
    }

    private static KeyEditor editor(String file) {
        return switch (Format.of(file)) {
            case PROPERTIES -> new PropertiesEditor();
            case YAML -> new YamlEditor();
            case JSON -> new JsonEditor();
            case TOML -> new TomlEditor();
            case XML -> new XmlEditor();
            case TEXT -> throw new IllegalStateException("text has no keys");
        };
    }

    private static Bytes checked(String file, String edited, Map<String, String> wanted, String key) {
        Bytes text = Bytes.utf8(edited);
        try {
            if (Objects.equals(Documents.keys(file, text), wanted)) return text;
        } catch (AttuneException e) {
            throw refused(key, e);
        }
        throw refused(key, null);
    }

    static AttuneException refused(String key, @org.jspecify.annotations.Nullable Throwable cause) {
        return new AttuneException(
                ErrorCode.FAILED_PRECONDITION,
                "key: " + shortened(key) + " cannot be changed without changing others (expected: edit the text)",
                cause);
    }

    private static String shortened(String key) {
        return key.length() <= 80 ? key : key.substring(0, 80) + "…";
    }
}
