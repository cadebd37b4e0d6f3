package dev.attune.cli.source;

import dev.attune.cli.output.Json;
import java.util.Locale;
import java.util.Map;

/** Writes keys as the text of a file whose name tells its format. */
public final class KeyValueTarget {
    private KeyValueTarget() {}

    /**
     * The text; keys stay flat, in their order. Refuses a name whose format holds no keys.
     *
     * @param fileName its suffix decides: none or {@code .properties}, {@code .yaml}, {@code .yml}, {@code .json}
     */
    public static String write(Map<String, String> keys, String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            var object = Json.object();
            keys.forEach(object::put);
            return Json.pretty(object) + "\n";
        }
        var text = new StringBuilder();
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            // A JSON string is a YAML string, whatever it holds.
            keys.forEach((key, value) ->
                    text.append(quoted(key)).append(": ").append(quoted(value)).append('\n'));
            return text.length() == 0 ? "{}\n" : text.toString();
        }
        if (name.contains(".") && !name.endsWith(".properties")) {
            throw new IllegalArgumentException(
                    "file: " + fileName + " holds no keys (expected: .properties, .yaml or .json)");
        }
        keys.forEach((key, value) -> text.append(escaped(key, true))
                .append('=')
                .append(escaped(value, false))
                .append('\n'));
        return text.toString();
    }

    private static String quoted(String text) {
        return Json.line(Json.object().textNode(text));
    }

    private static String escaped(String text, boolean key) {
        var escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '\f' -> escaped.append("\\f");
                case ' ' -> escaped.append(key || i == 0 ? "\\ " : " ");
                case '=', ':' -> escaped.append(key ? "\\" : "").append(c);
                case '#', '!' -> escaped.append(i == 0 ? "\\" : "").append(c);
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
