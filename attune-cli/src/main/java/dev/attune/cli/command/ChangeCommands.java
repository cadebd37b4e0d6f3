package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Several files on their way to release, as one. */
final class ChangeCommands {
    private ChangeCommands() {}

    static CommandLine create(Context context) {
        CommandLine change = Commands.group("change", "Write, review, release and roll back several files as one.");
        change.addSubcommand("create", new Create(context));
        change.addSubcommand("list", new ListAll(context));
        change.addSubcommand("show", new Show(context));
        for (String step : List.of("submit", "approve", "reject", "reopen", "rollback"))
            change.addSubcommand(step, stepCommand(context, step));
        change.addSubcommand("release", new Release(context));
        change.addSubcommand("schedule", new Schedule(context));
        return change;
    }

    private static CommandLine stepCommand(Context context, String step) {
        CommandLine command = new CommandLine(new Step(context, step));
        command.getCommandSpec()
                .usageMessage()
                .description(
                        switch (step) {
                            case "submit" -> "Ask for approval.";
                            case "approve" -> "Approve; authors cannot where the environment asks for others.";
                            case "reject" -> "Give a change up.";
                            case "reopen" -> "Take a change back to draft; approvals are lost.";
                            default -> "Undo a released change as a whole.";
                        });
        return command;
    }

    private static String path(String environment, String more) {
        return "/api/v1/envs/" + ApiRequest.encode(environment) + "/changes" + more;
    }

    private static void told(Context context, JsonNode change) {
        context.answer(
                change,
                () -> "change " + change.path("id").asText() + " is "
                        + change.path("state").asText());
    }

    @Command(mixinStandardHelpOptions = true, description = "Write a draft; its files are checked at once.")
    static final class Create implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Option(
                names = "--put",
                paramLabel = "APP[/CLUSTER]/FILE=LOCAL",
                description = "Release this local file there; may be repeated.")
        Map<String, String> puts = new LinkedHashMap<>();

        @Option(names = "--delete", paramLabel = "APP[/CLUSTER]/FILE", description = "Delete it; may be repeated.")
        List<String> deletes = new ArrayList<>();

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Why.")
        String message = "";

        Create(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            ApiClient client = context.client();
            ObjectNode body = Json.object().put("message", message);
            ArrayNode edits = body.putArray("edits");
            for (Map.Entry<String, String> put : puts.entrySet()) {
                byte[] text = Input.read(put.getValue(), context.terminal(), context.workingDirectory());
                edit(client, edits, put.getKey()).put("text", Input.text(text, put.getValue()));
            }
            for (String delete : deletes) edit(client, edits, delete);
            told(context, client.call(ApiRequest.json("POST", path(environment, ""), body)));
            return 0;
        }

        private ObjectNode edit(ApiClient client, ArrayNode edits, String address) {
            Coordinate file = FileAddress.parse(environment + "/" + address, null);
            return edits.addObject()
                    .put("application", file.application())
                    .put("cluster", file.cluster())
                    .put("file", file.file())
                    .put("base", base(client, file));
        }

        private static long base(ApiClient client, Coordinate file) {
            try {
                return FileApi.release(new FileApi(client).get(file, null));
            } catch (AttuneException e) {
                if (e.code() == ErrorCode.NOT_FOUND) return 0;
                throw e;
            }
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the changes of an environment.")
    static final class ListAll implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        ListAll(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode changes = context.client().get(path(environment, ""));
            context.answer(changes, () -> {
                Table table = Table.of("CHANGE", "STATE", "AUTHOR", "CREATED", "FILES", "MESSAGE");
                for (JsonNode each : changes.path("changes"))
                    table.row(
                            each.path("id").asText(),
                            each.path("state").asText(),
                            each.path("author").asText(),
                            Times.show(each.path("created").asText()),
                            each.path("edits").size(),
                            each.path("message").asText());
                return table.text();
            });
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Show a change and what it does to each file.")
    static final class Show implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "CHANGE", description = "The change.")
        String id = "";

        Show(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ApiClient client = context.client();
            JsonNode change = client.get(path(environment, "/" + ApiRequest.encode(id)));
            context.answer(change, () -> {
                StringBuilder out = new StringBuilder();
                out.append("change ")
                        .append(id)
                        .append(" by ")
                        .append(change.path("author").asText());
                out.append(": ").append(change.path("state").asText()).append('\n');
                if (change.hasNonNull("due"))
                    out.append("due ").append(change.path("due").asText()).append('\n');
                if (change.hasNonNull("note"))
                    out.append(change.path("note").asText()).append('\n');
                for (JsonNode each : change.path("edits")) out.append(difference(client, each));
                return out.toString();
            });
            return 0;
        }

        private String difference(ApiClient client, JsonNode edit) {
            Coordinate file = new Coordinate(
                    environment,
                    edit.path("application").asText(),
                    edit.path("cluster").asText(),
                    edit.path("file").asText());
            long base = edit.path("base").asLong();
            String old = base == 0
                    ? ""
                    : Input.text(new FileApi(client).content(file, base).bytes(), "release " + base);
            String name = FileAddress.show(file);
            return UnifiedDiff.of(
                    name + " release " + base, old, name, edit.path("text").asText(""));
        }
    }

    @Command(mixinStandardHelpOptions = true)
    static final class Step implements Callable<Integer> {
        private final Context context;
        private final String step;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "CHANGE", description = "The change.")
        String id = "";

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Why; for reject and rollback.")
        String message = "";

        Step(Context context, String step) {
            this.context = context;
            this.step = step;
        }

        @Override
        public Integer call() {
            boolean reasoned = step.equals("reject") || step.equals("rollback");
            String why = reasoned && !message.isEmpty() ? "?message=" + ApiRequest.encode(message) : "";
            String path = path(environment, "/" + ApiRequest.encode(id) + "/" + step + why);
            told(context, context.client().call(ApiRequest.of("POST", path)));
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Release every file of a change in one transaction, or with --strategy or --wait by one rollout.",
                "With --wait it ends with 0 when committed, 8 when aborted, 9 when rolled back."
            })
    static final class Release implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "CHANGE", description = "The change.")
        String id = "";

        @CommandLine.Mixin
        RolloutOptions how = new RolloutOptions();

        Release(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            ApiClient client = context.client();
            String path = path(environment, "/" + ApiRequest.encode(id));
            if (!how.given()) {
                told(context, client.call(ApiRequest.of("POST", path + "/release")));
                return 0;
            }
            JsonNode started = client.call(ApiRequest.json("POST", path + "/rollout", how.body(context, "")));
            return how.started(context, client, environment, started);
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Release an approved change later; without --at, never.")
    static final class Schedule implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "CHANGE", description = "The change.")
        String id = "";

        @Option(names = "--at", paramLabel = "TIME", description = "As in 2026-12-24T18:00:00Z.")
        @Nullable String at;

        Schedule(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String when = at == null ? "" : "?at=" + ApiRequest.encode(at);
            String path = path(environment, "/" + ApiRequest.encode(id) + "/schedule" + when);
            told(context, context.client().call(ApiRequest.of("POST", path)));
            return 0;
        }
    }
}
