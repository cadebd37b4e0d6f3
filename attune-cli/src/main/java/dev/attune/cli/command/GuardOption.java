package dev.attune.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.output.Json;

/**
 * A guard as it is written on the command line: {@code p95=quantile(0.95, latency_seconds{}, 20s);margin=10%}, {@code
 * errors=counts:failed_total{}/all_total{}}, or {@code new-errors}.
 */
final class GuardOption {
    private static final String COUNTS = "counts:";
    private static final String EXPECTED =
            " (expected: NAME=EXPRESSION, NAME=counts:EVENTS[/OF-HOW-MANY] or new-errors, then ;margin=10%;worse=down)";

    private GuardOption() {}

    /** The guard as a policy would have it. */
    static ObjectNode parse(String text) {
        String[] parts = text.split(";", -1);
        ObjectNode guard = Json.object();
        if (parts[0].equals("new-errors")) {
            guard.put("name", "new-errors").put("newErrorTemplate", true);
        } else {
            int sign = parts[0].indexOf('=');
            if (sign < 1) throw new IllegalArgumentException("--guard: " + text + EXPECTED);
            guard.put("name", parts[0].substring(0, sign).strip()).put("critical", true);
            String what = parts[0].substring(sign + 1).strip();
            if (what.startsWith(COUNTS)) counts(guard, what.substring(COUNTS.length()));
            else guard.put("expr", what);
        }
        for (int i = 1; i < parts.length; i++) setting(guard, parts[i].strip(), text);
        return guard;
    }

    /** A slash divides two selectors; one within quotes belongs to a value. */
    private static void counts(ObjectNode guard, String selectors) {
        int slash = -1;
        boolean quoted = false;
        for (int i = 0; i < selectors.length(); i++) {
            if (selectors.charAt(i) == '"') quoted = !quoted;
            if (selectors.charAt(i) == '/' && !quoted) slash = i;
        }
        var counts = guard.putArray("counts");
        if (slash < 0) counts.add(selectors.strip());
        else
            counts.add(selectors.substring(0, slash).strip())
                    .add(selectors.substring(slash + 1).strip());
    }

    private static void setting(ObjectNode guard, String setting, String text) {
        int sign = setting.indexOf('=');
        String name = sign < 0 ? setting : setting.substring(0, sign);
        String value = sign < 0 ? "" : setting.substring(sign + 1);
        switch (name) {
            case "margin", "limit", "worse", "scale" -> guard.put(name, value);
            case "info" -> guard.put("critical", false);
            default -> throw new IllegalArgumentException("--guard: " + text + EXPECTED);
        }
    }
}
