package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Sparkline;
import dev.attune.cli.output.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the fleet measures and logs. */
final class SignalCommands {
    private static final int POINTS = 60;

    private SignalCommands() {}

    static CommandLine create(Context context) {
        CommandLine signals = Commands.group("signals", "See what the instances of an application measure and log.");
        signals.addSubcommand("list", new ListAll(context));
        signals.addSubcommand("show", new Show(context));
        signals.addSubcommand("query", new Query(context));
        signals.addSubcommand("templates", new Templates(context));
        signals.addSubcommand("sources", new Sources(context));
        signals.addSubcommand("settings", new Settings(context));
        signals.addSubcommand("deployed", new Deployed(context));
        return signals;
    }

    /** Which application. */
    static final class Which {
        @Parameters(index = "0", paramLabel = "ENV/APP", description = "The application.")
        String address = "";

        String path(String more) {
            return application("/signals" + more);
        }

        String application(String more) {
            String[] parts = address.split("/", -1);
            if (parts.length != 2)
                throw new IllegalArgumentException("application: " + address + " (expected: env/app)");
            return "/api/v1/envs/" + ApiRequest.encode(parts[0]) + "/apps/" + ApiRequest.encode(parts[1]) + more;
        }
    }

    /** A number as people read it; {@code -} for none. */
    static String number(JsonNode value) {
        if (!value.isNumber()) return "-";
        double number = value.asDouble();
        double size = Math.abs(number);
        if (number == Math.rint(number) && size < 1e9) return Long.toString((long) number);
        if (size >= 1e6 || size < 1e-3) return String.format(Locale.ROOT, "%.3e", number);
        return String.format(Locale.ROOT, "%.4g", number);
    }

    private static String sparkline(JsonNode points) {
        double[] values = new double[points.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = points.path(i).path("value");
            values[i] = value.isNumber() ? value.asDouble() : Double.NaN;
        }
        return Sparkline.of(values);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "List the metrics of an application.",
                "Kept ones have a history; of the others the last value is known. Asking for one keeps it for an hour."
            })
    static final class ListAll implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        ListAll(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().get(which.path(""));
            context.answer(answer, () -> {
                Table table = Table.of("METRIC", "KIND", "SERIES", "INSTANCES", "LABELS");
                for (String kind : new String[] {"kept", "discovered"})
                    for (JsonNode each : answer.path(kind))
                        table.row(
                                each.path("metric").asText(),
                                each.path("kind").asText("not kept"),
                                each.path("series").asInt(),
                                each.path("instances").asInt(),
                                join(each.path("labels")));
                StringBuilder text = new StringBuilder(table.text());
                text.append(answer.path("series").asLong())
                        .append(" series kept, ")
                        .append(answer.path("instances").asLong())
                        .append(" instances connected");
                answer.path("taken").properties().forEach(each -> {
                    if (each.getKey().equals("kept") || each.getKey().equals("discovered")) return;
                    text.append(", ")
                            .append(each.getValue().asLong())
                            .append(" dropped: ")
                            .append(each.getKey());
                });
                return text.append('\n').toString();
            });
            return 0;
        }

        private static String join(JsonNode labels) {
            StringBuilder text = new StringBuilder();
            labels.forEach(each -> text.append(text.isEmpty() ? "" : ",").append(each.asText()));
            return text.toString();
        }
    }

    /** Evaluates and draws. */
    private static JsonNode ask(Context context, Which which, String expression, long seconds, boolean byInstance) {
        ApiClient client = context.client();
        return client.get(which.path("/query?expression=" + ApiRequest.encode(expression) + "&seconds=" + seconds
                + "&points=" + POINTS + (byInstance ? "&by=instance" : "")));
    }

    private static String drawn(JsonNode answer) {
        StringBuilder text = new StringBuilder();
        text.append(answer.path("expression").asText()).append('\n');
        text.append("  ").append(sparkline(answer.path("points"))).append("  ").append(number(answer.path("value")));
        String missing = answer.path("missing").asText();
        if (!missing.isEmpty()) text.append(" (").append(missing).append(')');
        text.append('\n');
        for (JsonNode each : answer.path("inputs"))
            text.append("  ")
                    .append(each.path("question").asText())
                    .append(" = ")
                    .append(number(each.path("value")))
                    .append(String.format(
                            Locale.ROOT,
                            ", %.0f %% covered",
                            100 * each.path("coverage").asDouble()))
                    .append(", ")
                    .append(each.path("instances").asInt())
                    .append(" instances\n");
        if (answer.has("byInstance")) {
            Table table = Table.of("INSTANCE", "VALUE", "");
            for (JsonNode each : answer.path("byInstance"))
                table.row(each.path("instance").asText(), number(each.path("value")), sparkline(each.path("points")));
            text.append(table.text());
        }
        return text.toString();
    }

    /** Reads {@code 90s}, {@code 10m}, {@code 4h}. */
    static long seconds(String text) {
        try {
            char unit = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
            long number = Long.parseLong(text.substring(0, Math.max(0, text.length() - 1)));
            switch (unit) {
                case 's':
                    return number;
                case 'm':
                    return number * 60;
                case 'h':
                    return number * 3600;
                default:
                    throw new NumberFormatException(text);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--last: " + text + " (expected: as in 90s, 10m or 4h)", e);
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Show one metric with its recent course, together and by instance.")
    static final class Show implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        @Parameters(index = "1", paramLabel = "METRIC", description = "As in list; may have conditions on labels.")
        String metric = "";

        @Option(names = "--last", paramLabel = "TIME", description = "How far back; ${DEFAULT-VALUE}.")
        String last = "10m";

        Show(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            int brace = metric.indexOf('{');
            String name = brace < 0 ? metric : metric.substring(0, brace);
            String selector = brace < 0 ? metric + "{}" : metric;
            String expression = expression(kind(context.client().get(which.path("")), name), selector);
            JsonNode answer = ask(context, which, expression, seconds(last), true);
            context.answer(answer, () -> drawn(answer));
            return 0;
        }

        private static @Nullable String kind(JsonNode list, String name) {
            for (JsonNode each : list.path("kept"))
                if (each.path("metric").asText().equals(name))
                    return each.path("kind").asText();
            return null;
        }

        private static String expression(@Nullable String kind, String selector) {
            if (kind == null || kind.equals("level")) return "avg(" + selector + ", 60s)";
            if (kind.equals("events")) return "rate(" + selector + ", 60s)";
            return "quantile(0.95, " + selector + ", 60s)";
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Evaluate an expression, as in 'rate(http_requests_total{}, 1m)', and draw its recent course.")
    static final class Query implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        @Parameters(index = "1", paramLabel = "EXPRESSION", description = "As in policies.")
        String expression = "";

        @Option(names = "--last", paramLabel = "TIME", description = "How far back; ${DEFAULT-VALUE}.")
        String last = "10m";

        @Option(names = "--by-instance", description = "Also each instance alone.")
        boolean byInstance;

        Query(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = ask(context, which, expression, seconds(last), byInstance);
            context.answer(answer, () -> drawn(answer));
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "List the templates of an application's log lines, the most recent last.")
    static final class Templates implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        @Option(names = "--level", paramLabel = "LEVEL", description = "Only those of this level, as in ERROR.")
        @Nullable String level;

        Templates(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String query = level == null ? "" : "?level=" + ApiRequest.encode(level);
            JsonNode answer = context.client().get(which.path("/templates" + query));
            context.answer(answer, () -> {
                Table table = Table.of("ID", "LEVEL", "LINES", "FIRST", "TEMPLATE");
                for (JsonNode each : answer.path("templates"))
                    table.row(
                            each.path("id").asText(),
                            each.path("level").asText(),
                            each.path("lines").asLong(),
                            Times.show(each.path("first").asText()),
                            each.path("template").asText());
                return table.text();
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "List who sends signals, which instance each is, and the releases it has in force.")
    static final class Sources implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        Sources(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().get(which.path("/sources"));
            context.answer(answer, () -> {
                Table table = Table.of(
                        "INSTANCE", "BY", "JOINED", "LAST", "MEASUREMENTS", "LINES", "REFUSED", "RELEASES", "WHY");
                for (JsonNode each : answer.path("sources")) {
                    StringBuilder releases = new StringBuilder();
                    each.path("releases").properties().forEach(file -> releases.append(releases.isEmpty() ? "" : " ")
                            .append(file.getKey())
                            .append('@')
                            .append(file.getValue().asLong()));
                    table.row(
                            each.path("instance").asText(),
                            each.path("door").asText(),
                            each.path("joined").asBoolean() ? "yes" : "no",
                            Times.show(each.path("last").asText()),
                            each.path("measurements").asLong(),
                            each.path("lines").asLong(),
                            each.path("refused").asLong(),
                            releases.toString(),
                            each.path("why").asText());
                }
                return table.text();
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Say that a version of the application's code is being deployed, as from a pipeline.",
                "Guarded rollouts within ten minutes of it are watched on and left to a person: nobody could tell which of the"
                        + " two changed what. Instances that name their service.version are noticed by themselves."
            })
    static final class Deployed implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        @Parameters(index = "1", paramLabel = "VERSION", description = "What is being deployed, as in 2.1.")
        String version = "";

        Deployed(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object().put("version", version);
            JsonNode answer = context.client().call(ApiRequest.json("POST", which.application("/deployments"), body));
            context.answer(
                    answer,
                    () -> which.address + ": version " + version + " since "
                            + Times.show(answer.path("at").asText()) + "\n");
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Show or replace what is always kept of an application's signals, and where they are fetched.",
                "Without an option it shows them; with any, what is not given is empty from then on."
            })
    static final class Settings implements Callable<Integer> {
        private final Context context;

        @Mixin
        Which which = new Which();

        @Option(names = "--keep", paramLabel = "SELECTOR", description = "Keep these series; may be repeated.")
        List<String> keep = new ArrayList<>();

        @Option(
                names = "--target",
                paramLabel = "INSTANCE=URL",
                description = "Fetch the instance's signals there, as Prometheus does; may be repeated.")
        Map<String, String> targets = new LinkedHashMap<>();

        @Option(
                names = "--label",
                paramLabel = "NAME",
                description = "Fetch where connected instances say by this label, as in :9464/metrics.")
        @Nullable String label;

        @Option(names = "--clear", description = "Forget all of it.")
        boolean clear;

        Settings(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = keep.isEmpty() && targets.isEmpty() && label == null && !clear
                    ? context.client().get(which.path("/settings"))
                    : context.client().call(ApiRequest.json("PUT", which.path("/settings"), body()));
            context.answer(answer, () -> {
                StringBuilder text = new StringBuilder();
                answer.path("keep")
                        .forEach(each ->
                                text.append("keep    ").append(each.asText()).append('\n'));
                answer.path("targets").properties().forEach(each -> text.append("target  ")
                        .append(each.getKey())
                        .append(" = ")
                        .append(each.getValue().asText())
                        .append('\n'));
                String by = answer.path("label").asText();
                if (!by.isEmpty()) text.append("label   ").append(by).append('\n');
                return text.isEmpty() ? "nothing was decided\n" : text.toString();
            });
            return 0;
        }

        private ObjectNode body() {
            ObjectNode body = Json.object();
            ArrayNode selectors = body.putArray("keep");
            keep.forEach(selectors::add);
            ObjectNode addresses = body.putObject("targets");
            targets.forEach(addresses::put);
            return body.put("label", label == null ? "" : label);
        }
    }
}
