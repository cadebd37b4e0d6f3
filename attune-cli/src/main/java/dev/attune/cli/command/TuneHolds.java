package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What keeps automation off: pins, pauses, kill switches. */
final class TuneHolds {
    private TuneHolds() {}

    /** For how long, and why. */
    static final class Terms {
        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "For how long, as in 2h (default: until it is taken away).")
        @Nullable String length;

        @Option(
                names = {"-m", "--message", "--why"},
                paramLabel = "TEXT",
                description = "Why.")
        String why = "";

        String query(String first) {
            StringBuilder query = new StringBuilder(first);
            if (length != null) query.append("&seconds=").append(Spans.seconds("--for", length));
            if (!why.isEmpty()) query.append("&message=").append(ApiRequest.encode(why));
            return query.isEmpty() ? "" : "?" + (query.charAt(0) == '&' ? query.substring(1) : query);
        }
    }

    private static String words(JsonNode hold) {
        String until = hold.path("until").asText();
        return "by " + hold.path("by").asText()
                + (until.isEmpty() ? ", until it is taken away" : " until " + Times.show(until));
    }

    private static String holds(JsonNode array, String heading) {
        Table table = Table.of(heading, "BY", "SINCE", "UNTIL", "WHY");
        for (JsonNode each : array)
            table.row(
                    each.path("at").asText(),
                    each.path("by").asText(),
                    Times.show(each.path("since").asText()),
                    Times.show(each.path("until").asText()),
                    each.path("why").asText());
        return table.text();
    }

    @Command(mixinStandardHelpOptions = true, description = "Keep a key from automation; with =VALUE, set it first.")
    static final class Pin implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.WhichApplication which = new TuneCommands.WhichApplication();

        @Parameters(index = "1", paramLabel = "KEY[=VALUE]", description = "The key, and what to set it to.")
        String key = "";

        @CommandLine.Mixin
        Terms terms = new Terms();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "The file that holds it (default: application.yaml).")
        @Nullable String file;

        @Option(names = "--cluster", paramLabel = "CLUSTER", description = "Cluster of the file (default: default).")
        @Nullable String cluster;

        Pin(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            int sign = key.indexOf('=');
            StringBuilder query = new StringBuilder();
            if (sign >= 0) query.append("&value=").append(ApiRequest.encode(key.substring(sign + 1)));
            if (file != null) query.append("&file=").append(ApiRequest.encode(file));
            if (cluster != null) query.append("&cluster=").append(ApiRequest.encode(cluster));
            String name = sign < 0 ? key : key.substring(0, sign);
            String path = which.path("/pins/" + ApiRequest.encode(name) + terms.query(query.toString()));
            JsonNode done = context.client().call(ApiRequest.of("PUT", path));
            context.answer(
                    done,
                    () -> name + " is pinned " + words(done)
                            + (done.has("release")
                                    ? ", release " + done.path("release").asLong()
                                    : ""));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Give a key back to automation.")
    static final class Unpin implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.WhichApplication which = new TuneCommands.WhichApplication();

        @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
        String key = "";

        Unpin(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            context.client().call(ApiRequest.of("DELETE", which.path("/pins/" + ApiRequest.encode(key))));
            context.answer(Json.object().put("unpinned", key), () -> key + " is not pinned any more");
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "List the keys of an application that people keep.")
    static final class Pins implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.WhichApplication which = new TuneCommands.WhichApplication();

        Pins(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode all = context.client().get(which.path("/pins"));
            context.answer(all, () -> holds(all.path("pins"), "KEY"));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Hold a policy.")
    static final class Pause implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.Which which = new TuneCommands.Which();

        @CommandLine.Mixin
        Terms terms = new Terms();

        Pause(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode done = context.client().call(ApiRequest.of("POST", which.path("/pause" + terms.query(""))));
            context.answer(done, () -> "held " + words(done));
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Let a policy go on; one that was tripped is trusted again.")
    static final class Resume implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        TuneCommands.Which which = new TuneCommands.Which();

        Resume(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            context.client().call(ApiRequest.of("POST", which.path("/resume")));
            context.answer(Json.object().put("resumed", which.address), () -> which.address + " goes on");
            return 0;
        }
    }

    static CommandLine killSwitch(Context context) {
        CommandLine group =
                Commands.group("kill-switch", "Switch automation off: of the cluster, an environment, an application.");
        group.addSubcommand("show", new Show(context));
        group.addSubcommand("set", new SetSwitch(context));
        group.addSubcommand("clear", new ClearSwitch(context));
        return group;
    }

    /** Where a switch holds. */
    static final class Place {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "ENV[/APP]",
                description = "An environment or an application (default: the whole cluster).")
        @Nullable String address;

        String path() {
            if (address == null) return "/api/v1/tune/kill-switch";
            String[] parts = address.split("/", -1);
            if (parts.length == 1) return "/api/v1/envs/" + ApiRequest.encode(parts[0]) + "/tune/kill-switch";
            if (parts.length == 2) return TuneCommands.application(parts[0], parts[1]) + "/kill-switch";
            throw new IllegalArgumentException("place: " + address + " (expected: env or env/app)");
        }

        String words() {
            return address == null ? "the cluster" : address;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Show where automation is switched off.")
    record Show(Context context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode all = context.client().get("/api/v1/tune/kill-switch");
            context.answer(
                    all,
                    () -> all.path("off").isEmpty() ? "automation is on everywhere" : holds(all.path("off"), "OFF IN"));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Switch automation off; any node takes it.")
    static final class SetSwitch implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        Place place = new Place();

        @CommandLine.Mixin
        Terms terms = new Terms();

        SetSwitch(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode done = context.client().call(ApiRequest.of("PUT", place.path() + terms.query("")));
            context.answer(done, () -> "automation of " + place.words() + " is off " + words(done));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Switch automation on again.")
    static final class ClearSwitch implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        Place place = new Place();

        ClearSwitch(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            context.client().call(ApiRequest.of("DELETE", place.path()));
            context.answer(
                    Json.object().put("on", place.words()), () -> "automation of " + place.words() + " is on again");
            return 0;
        }
    }
}
