package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.SafeText;
import dev.attune.cli.output.Terminal;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Follows one rollout to its end: drawn in place for a person, a line for each change otherwise, JSON lines for
 * programs.
 */
final class RolloutView {
    private static final long RETRY_MILLIS = 150;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final int BAR = 30;

    private final Context context;
    private final String path;
    private final boolean lines;
    private int drawn;
    private String last = "";

    /** @param lines whether programs are shown every change, not only the end */
    RolloutView(Context context, String path, boolean lines) {
        this.context = context;
        this.path = path;
        this.lines = lines;
    }

    /** Waits for the end; returns what the command ends with. */
    int follow(ApiClient client) throws InterruptedException {
        long silentSince = System.nanoTime();
        String query = "";
        while (true) {
            try {
                JsonNode rollout = client.get(path + query);
                // Answered as soon as it goes on, and after a second for what its instances did meanwhile.
                query = "?wait=1&after=" + rollout.path("step").asLong();
                silentSince = System.nanoTime();
                show(rollout);
                if (rollout.path("ended").asBoolean()) return end(rollout);
            } catch (AttuneException e) {
                // A cluster that changes its leader is away for a moment; the rollout goes on without us.
                boolean away = e.code().retry() == ErrorCode.Retry.SAFE;
                if (!away || System.nanoTime() - silentSince > PATIENCE_NANOS) throw e;
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private int end(JsonNode rollout) {
        if (context.json() && !lines) context.terminal().print(Json.pretty(rollout));
        return exitCode(rollout.path("phase").asText());
    }

    /** What a rollout's end means to a script: a number of {@code ExitCode}, as the help lists them. */
    static int exitCode(String phase) {
        return switch (phase) {
            case "COMMITTED" -> 0;
            case "ABORTED" -> 8;
            case "ROLLED_BACK" -> 9;
            default -> 1;
        };
    }

    private void show(JsonNode rollout) {
        String now = line(rollout);
        if (now.equals(last)) return;
        last = now;
        Terminal terminal = context.terminal();
        if (context.json()) {
            if (lines) terminal.print(Json.line(rollout));
        } else if (terminal.interactive()) {
            draw(terminal, rollout);
        } else {
            terminal.print(now);
        }
    }

    /** One line about where it stands. */
    static String line(JsonNode rollout) {
        StringBuilder text =
                new StringBuilder("rollout ").append(rollout.path("number").asLong());
        text.append(' ').append(rollout.path("phase").asText());
        if (rollout.path("stage").asInt() > 0)
            text.append(" stage ").append(rollout.path("stage").asInt());
        if (rollout.path("paused").asBoolean()) text.append(" (paused)");
        for (Map.Entry<String, JsonNode> each : rollout.path("states").properties())
            text.append(' ')
                    .append(each.getKey())
                    .append('=')
                    .append(each.getValue().asInt());
        String reason = rollout.path("reason").asText();
        return reason.isEmpty() ? text.toString() : text + ": " + reason;
    }

    /** What its judge saw, a line for each stage and each guard. */
    static List<String> judged(JsonNode rollout) {
        List<String> lines = new ArrayList<>();
        for (JsonNode stage : rollout.path("judged")) {
            lines.add("  stage " + stage.path("stage").asInt() + " judged "
                    + stage.path("judgement").asText() + ": "
                    + stage.path("reason").asText());
            for (JsonNode application : stage.path("applications"))
                for (JsonNode tile : application.path("guards")) lines.add(tile(tile));
        }
        return lines;
    }

    private static String tile(JsonNode tile) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "    %-12s %-12s",
                tile.path("guard").asText(),
                tile.path("verdict").asText()));
        if (tile.has("change")) line.append(' ').append(percent(tile.path("change")));
        if (tile.has("lower") && tile.has("upper"))
            line.append(" (")
                    .append(percent(tile.path("lower")))
                    .append(" … ")
                    .append(percent(tile.path("upper")))
                    .append(')');
        line.append(", margin ").append(percent(tile.path("margin")));
        return line.append(", ")
                .append(tile.path("points").asInt())
                .append(" points: ")
                .append(tile.path("reason").asText())
                .toString();
    }

    private static String percent(JsonNode share) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * share.asDouble());
    }

    private void draw(Terminal terminal, JsonNode rollout) {
        List<String> shown = new ArrayList<>();
        shown.add("rollout " + rollout.path("number").asLong() + " of "
                + rollout.path("environment").asText() + "  "
                + rollout.path("strategy").asText() + "  "
                + rollout.path("phase").asText()
                + (rollout.path("paused").asBoolean() ? " (paused)" : ""));
        int targets = Math.max(1, rollout.path("targets").asInt());
        for (Map.Entry<String, JsonNode> each : rollout.path("states").properties()) {
            int count = each.getValue().asInt();
            int full = (int) Math.round((double) BAR * count / targets);
            shown.add(String.format(
                    "  %-9s %s%s %d/%d", each.getKey(), "█".repeat(full), "░".repeat(BAR - full), count, targets));
        }
        String reason = rollout.path("reason").asText();
        if (!reason.isEmpty()) shown.add("  " + reason);
        shown.addAll(judged(rollout));
        StringBuilder out = new StringBuilder();
        if (drawn > 0) out.append("\u001B[").append(drawn).append('A');
        for (String each : shown)
            out.append("\r\u001B[K").append(SafeText.line(each)).append('\n');
        // What was drawn below and is shorter now.
        for (int i = shown.size(); i < drawn; i++) out.append("\r\u001B[K\n");
        drawn = Math.max(drawn, shown.size());
        terminal.err().print(out);
        terminal.err().flush();
    }
}
