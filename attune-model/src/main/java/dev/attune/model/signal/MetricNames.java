package dev.attune.model.signal;

import java.util.Map;

/**
 * One name for a metric, by whichever way it comes: the one Prometheus would give it. {@code http.server.duration} in
 * {@code s} is {@code http_server_duration_seconds}, a counter ends in {@code _total}.
 */
public final class MetricNames {
    private static final Map<String, String> UNITS = Map.ofEntries(
            Map.entry("s", "seconds"),
            Map.entry("ms", "milliseconds"),
            Map.entry("us", "microseconds"),
            Map.entry("ns", "nanoseconds"),
            Map.entry("min", "minutes"),
            Map.entry("h", "hours"),
            Map.entry("d", "days"),
            Map.entry("By", "bytes"),
            Map.entry("KiBy", "kibibytes"),
            Map.entry("MiBy", "mebibytes"),
            Map.entry("%", "percent"),
            Map.entry("Cel", "celsius"),
            Map.entry("Hz", "hertz"));

    private MetricNames() {}

    /**
     * The metric's name.
     *
     * @param name as the sender calls it
     * @param unit its unit; empty or {@code 1} for none, one in braces is a remark
     * @param counts whether it only grows
     */
    public static String metric(String name, String unit, boolean counts) {
        String plain = label(name);
        String suffix =
                unit.isEmpty() || unit.equals("1") || unit.startsWith("{") ? "" : UNITS.getOrDefault(unit, unit);
        if (!suffix.isEmpty()) suffix = "_" + label(suffix.replace("/", "_per_"));
        String body = counts && plain.endsWith("_total") ? plain.substring(0, plain.length() - 6) : plain;
        if (!suffix.isEmpty() && !body.endsWith(suffix)) body += suffix;
        return counts ? body + "_total" : body;
    }

    /** The name of a label: anything but letters, digits and {@code _} becomes {@code _}. */
    public static String label(String name) {
        StringBuilder plain = new StringBuilder(name.length() + 1);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            boolean digit = c >= '0' && c <= '9';
            if (digit && i == 0) plain.append('_');
            plain.append(letter || digit ? c : '_');
        }
        return plain.isEmpty() ? "_" : plain.toString();
    }
}
