package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Another release for some instances. */
final class GrayCommands {
    private GrayCommands() {}

    static CommandLine create(Context context) {
        CommandLine gray = Commands.group("gray", "Give some instances another release, then promote or drop it.");
        gray.addSubcommand("set", new SetRule(context));
        gray.addSubcommand("list", new ListRules(context));
        gray.addSubcommand("promote", new EndRule(context, true));
        gray.addSubcommand("drop", new EndRule(context, false));
        return gray;
    }

    private static String path(Coordinate file, String rule, String more) {
        return FileAddress.path(file, "/gray/" + ApiRequest.encode(rule) + more);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Set a gray rule: with -f its instances get that text, without only its audience changes.")
    static final class SetRule implements Callable<Integer> {
        private final Context context;

        @Mixin
        FileArgument argument = new FileArgument();

        @Parameters(index = "1", paramLabel = "RULE", description = "Name of the rule.")
        String rule = "";

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "The content; - for standard input.")
        @Nullable String source;

        @Option(names = "--for-app", paramLabel = "NAME", description = "Instances of this application.")
        List<String> applications = new ArrayList<>();

        @Option(names = "--ip", paramLabel = "IP|CIDR", description = "Instances with this address.")
        List<String> addresses = new ArrayList<>();

        @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Instances with this label.")
        Map<String, String> labels = new LinkedHashMap<>();

        @Option(names = "--percent", paramLabel = "N", description = "This share of the instances, always the same.")
        @Nullable Double percent;

        @Option(names = "--position", paramLabel = "N", description = "Place among the rules, 0 for the first.")
        @Nullable Integer position;

        SetRule(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            ObjectNode body = Json.object();
            if (source != null)
                body.put(
                        "text", Input.text(Input.read(source, context.terminal(), context.workingDirectory()), source));
            ArrayNode each = body.putArray("applications");
            applications.forEach(each::add);
            ArrayNode ips = body.putArray("addresses");
            addresses.forEach(ips::add);
            ObjectNode pairs = body.putObject("labels");
            labels.forEach(pairs::put);
            if (percent != null) body.put("percent", percent);
            if (position != null) body.put("position", position);
            JsonNode done = context.client().call(ApiRequest.json("PUT", path(argument.file(), rule, ""), body));
            context.answer(
                    done,
                    () -> source == null
                            ? "changed the audience of " + rule
                            : "released to " + rule + " as release " + FileApi.release(done));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "List the gray rules of a file in their order.")
    static final class ListRules implements Callable<Integer> {
        private final Context context;

        @Mixin
        FileArgument argument = new FileArgument();

        ListRules(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode rules = context.client().get(FileAddress.path(argument.file(), "/gray"));
            context.answer(rules, () -> {
                Table table = Table.of("RULE", "RELEASE", "PERCENT", "APPLICATIONS", "ADDRESSES", "LABELS");
                for (JsonNode rule : rules.path("rules"))
                    table.row(
                            rule.path("name").asText(),
                            rule.path("release").asLong(),
                            rule.path("percent").asText(),
                            rule.path("applications"),
                            rule.path("addresses"),
                            rule.path("labels"));
                return table.text();
            });
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "End a gray rule: promote gives its release to everybody.")
    static final class EndRule implements Callable<Integer> {
        private final Context context;
        private final boolean promote;

        @Mixin
        FileArgument argument = new FileArgument();

        @Parameters(index = "1", paramLabel = "RULE", description = "Name of the rule.")
        String rule = "";

        EndRule(Context context, boolean promote) {
            this.context = context;
            this.promote = promote;
        }

        @Override
        public Integer call() {
            Coordinate file = argument.file();
            JsonNode done = context.client()
                    .call(ApiRequest.of(promote ? "POST" : "DELETE", path(file, rule, promote ? "/promote" : "")));
            context.answer(done, () -> (promote ? "promoted " : "dropped ") + rule);
            return 0;
        }
    }
}
