package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Table;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a key was, what a policy would have done, how a metric answers. */
final class TuneLook {
    private static final int CHART_WIDTH = 60;

    private TuneLook() {}

    @Command(
            mixinStandardHelpOptions = true,
            description = "Show what a key was over time, by whom and why, with a small chart.")
    static final class Timeline implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.WhichApplication which = new TuneCommands.WhichApplication();

        @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
        String key = "";

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "The file that holds it (default: application.yaml).")
        @Nullable String file;

        @Option(names = "--cluster", paramLabel = "CLUSTER", description = "Cluster of the file (default: default).")
        @Nullable String cluster;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "30", description = "Most entries (default: 30).")
        int limit;

        Timeline(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String query = "?key=" + ApiRequest.encode(key) + "&limit=" + limit;
            if (file != null) query += "&file=" + ApiRequest.encode(file);
            if (cluster != null) query += "&cluster=" + ApiRequest.encode(cluster);
            JsonNode all = context.client().get(which.path("/timeline" + query));
            context.answer(all, () -> text(key, all));
            return 0;
        }

        static String text(String key, JsonNode all) {
            List<KeyChart.Point> points = new ArrayList<>();
            Table table = Table.of("TIME", "VALUE", "WHAT", "BY", "WHY");
            for (JsonNode each : all.path("entries")) {
                String value = each.path("value").asText();
                if (!value.isEmpty())
                    points.add(new KeyChart.Point(
                            Instant.parse(each.path("time").asText()).toEpochMilli(), value));
                table.row(
                        Times.show(each.path("time").asText()),
                        value.isEmpty() ? "·" : value,
                        each.path("what").asText(),
                        each.path("by").asText(),
                        each.path("text").asText());
            }
            String chart = KeyChart.draw(points, System.currentTimeMillis(), CHART_WIDTH);
            return (chart.isEmpty() ? "" : key + "  " + chart + "\n\n") + table.text();
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Tell what policies would have done with what was measured. Nothing is changed,",
                "and what was measured does not answer to what would have been."
            })
    static final class Backtest implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.WhichApplication which = new TuneCommands.WhichApplication();

        @Parameters(index = "1", paramLabel = "FILE", description = "A file of policies; - for standard input.")
        String source = "";

        @Option(
                names = "--since",
                paramLabel = "TIME",
                defaultValue = "1h",
                description = "How far back (default: 1h).")
        String since = "1h";

        @Option(
                names = "--cluster",
                paramLabel = "CLUSTER",
                description = "Cluster of the key's file (default: default).")
        @Nullable String cluster;

        Backtest(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            byte[] text = Input.read(source, context.terminal(), context.workingDirectory());
            String query = "?seconds=" + Spans.seconds("--since", since);
            if (cluster != null) query += "&cluster=" + ApiRequest.encode(cluster);
            JsonNode report = context.client().call(ApiRequest.raw("POST", which.path("/backtest" + query), text));
            context.answer(report, () -> text(report));
            return 0;
        }

        private static String text(JsonNode report) {
            StringBuilder text = new StringBuilder();
            for (JsonNode each : report.path("policies")) {
                text.append(each.path("policy").asText())
                        .append(": ")
                        .append(each.path("changes").asInt())
                        .append(" changes in ")
                        .append(each.path("ticks").asInt())
                        .append(" ticks");
                if (each.path("low").isNumber())
                    text.append(", range ")
                            .append(each.path("low").asText())
                            .append(" to ")
                            .append(each.path("high").asText());
                text.append('\n');
                for (Map.Entry<String, JsonNode> code :
                        each.path("refusedOrNothing").properties())
                    text.append("  ")
                            .append(code.getKey())
                            .append(' ')
                            .append(code.getValue().asInt())
                            .append('\n');
                for (JsonNode change : each.path("first"))
                    text.append("  ")
                            .append(Times.show(change.path("time").asText()))
                            .append("  ")
                            .append(change.path("from").asText())
                            .append(" → ")
                            .append(change.path("to").asText())
                            .append("  ")
                            .append(change.path("reason").asText())
                            .append('\n');
            }
            return text.isEmpty() ? "no tuning policy in the file\n" : text.toString();
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Learn how a goal policy's metric answers to its key, for gain: auto.",
                "From the values that the key has had while signals were kept; with --cohort by trying some on a few"
                        + " instances, one after the other, by rollouts that go back."
            })
    static final class Profile implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.Which which = new TuneCommands.Which();

        @CommandLine.Mixin
        TrialOptions trial = new TrialOptions();

        Profile(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws InterruptedException {
            ApiRequest learn = ApiRequest.of("POST", which.path("/profile"));
            if (trial.cohort > 0) {
                JsonNode policy = context.client().get(which.path(""));
                learn = ApiRequest.json(
                        "POST", which.path("/profile"), new ProfileTrials(context, policy, trial).run());
            }
            JsonNode found = context.client().call(learn);
            context.answer(
                    found,
                    () -> String.format(
                            Locale.ROOT,
                            "gain %s from %d values, R² %.2f, noise %.1f %%, delay %d ticks",
                            found.path("gain").asText(),
                            found.path("settings").asInt(),
                            found.path("r2").asDouble(),
                            found.path("noise").asDouble() * 100,
                            found.path("delayTicks").asInt()));
            return 0;
        }
    }
}
