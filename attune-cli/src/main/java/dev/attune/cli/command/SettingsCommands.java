package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is said about files and environments. */
final class SettingsCommands {
    private SettingsCommands() {}

    static CommandLine create(Context context) {
        CommandLine settings = Commands.group("settings", "Show or change what is said about files and environments.");
        settings.addSubcommand("file", new OfFile(context));
        settings.addSubcommand("env", new OfEnvironment(context));
        return settings;
    }

    private static ObjectNode read(ApiClient client, String path) {
        return (ObjectNode) client.get(path);
    }

    @Command(mixinStandardHelpOptions = true, description = "Public, owner, tags and schema of a file.")
    static final class OfFile implements Callable<Integer> {
        private final Context context;

        @Mixin
        FileArgument argument = new FileArgument();

        @Option(
                names = "--public",
                arity = "1",
                paramLabel = "true|false",
                description = "Whether other applications may import it.")
        @Nullable Boolean shared;

        @Option(names = "--owner", paramLabel = "NAME", description = "Who answers for it.")
        @Nullable String owner;

        @Option(names = "--tag", paramLabel = "TAG", description = "Replaces the tags; may be repeated.")
        List<String> tags = new ArrayList<>();

        @Option(
                names = "--schema",
                paramLabel = "FILE",
                description = "File of the same application with its JSON Schema.")
        @Nullable String schema;

        OfFile(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ApiClient client = context.client();
            String path = FileAddress.path(argument.file(), "/settings");
            path = path.substring(0, path.indexOf('?'));
            ObjectNode settings = read(client, path);
            boolean change = shared != null || owner != null || !tags.isEmpty() || schema != null;
            if (shared != null) settings.put("public", shared);
            if (owner != null) settings.put("owner", owner);
            if (schema != null) settings.put("schema", schema);
            if (!tags.isEmpty()) {
                ArrayNode all = settings.putArray("tags");
                tags.forEach(all::add);
            }
            JsonNode shown = change ? client.call(ApiRequest.json("PUT", path, settings)) : settings;
            context.answer(shown, () -> Json.pretty(shown));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Approvals, freezes and retention of an environment.")
    static final class OfEnvironment implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Option(names = "--approvals", paramLabel = "N", description = "How many must approve a change.")
        @Nullable Integer approvals;

        @Option(names = "--keep-releases", paramLabel = "N", description = "Releases kept at least; 0 for all.")
        @Nullable Integer keepReleases;

        @Option(names = "--keep-days", paramLabel = "N", description = "Days a release is kept at least.")
        @Nullable Integer keepDays;

        @Option(
                names = "--freeze",
                paramLabel = "FROM..TO",
                description = "Add a freeze, as in 2026-12-24T00:00:00Z..2026-12-27T00:00:00Z.")
        @Nullable String freeze;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is frozen.")
        String reason = "";

        @Option(names = "--thaw", description = "Remove every freeze.")
        boolean thaw;

        OfEnvironment(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ApiClient client = context.client();
            String path = "/api/v1/envs/" + ApiRequest.encode(environment) + "/settings";
            ObjectNode settings = read(client, path);
            boolean change = approvals != null || keepReleases != null || keepDays != null || freeze != null || thaw;
            if (approvals != null) settings.put("approvals", approvals);
            if (keepReleases != null) settings.put("keepReleases", keepReleases);
            if (keepDays != null) settings.put("keepDays", keepDays);
            if (thaw) settings.putArray("freezes");
            if (freeze != null) {
                String[] ends = freeze.split("\\.\\.", -1);
                if (ends.length != 2)
                    throw new IllegalArgumentException("--freeze: " + freeze + " (expected: FROM..TO)");
                settings.withArray("freezes")
                        .addObject()
                        .put("from", ends[0])
                        .put("to", ends[1])
                        .put("reason", reason);
            }
            JsonNode shown = change ? client.call(ApiRequest.json("PUT", path, settings)) : settings;
            context.answer(shown, () -> Json.pretty(shown));
            return 0;
        }
    }
}
