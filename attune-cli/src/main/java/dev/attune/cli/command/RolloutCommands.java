package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Table;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rollouts as they go on. */
final class RolloutCommands {
    private RolloutCommands() {}

    static CommandLine create(Context context) {
        CommandLine rollout = Commands.group("rollout", "Look at rollouts and say what becomes of them.");
        rollout.addSubcommand("list", new ListAll(context));
        rollout.addSubcommand("show", new Show(context));
        rollout.addSubcommand("watch", new Watch(context));
        rollout.addSubcommand("pause", step(context, "pause", "Go no further; it still goes back by itself."));
        rollout.addSubcommand("resume", step(context, "resume", "Go on."));
        rollout.addSubcommand("promote", step(context, "promote", "Begin the next stage at once."));
        rollout.addSubcommand("abort", step(context, "abort", "End it with the former releases."));
        return rollout;
    }

    private static CommandLine step(Context context, String word, String description) {
        CommandLine command = new CommandLine(new Step(context, word));
        command.getCommandSpec().usageMessage().description(description);
        return command;
    }

    static String path(String environment, String more) {
        return "/api/v1/envs/" + ApiRequest.encode(environment) + "/rollouts" + more;
    }

    /** Which rollout. */
    static final class Which {
        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "NUMBER", description = "The rollout's number.")
        long number;

        String path(String more) {
            return RolloutCommands.path(environment, "/" + number + more);
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "List the rollouts of an environment, newest first.")
    static final class ListAll implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        ListAll(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode all = context.client().get(path(environment, ""));
            context.answer(all, () -> {
                Table table = Table.of("ROLLOUT", "STRATEGY", "PHASE", "TARGETS", "AUTHOR", "CREATED", "REASON");
                for (JsonNode each : all.path("rollouts"))
                    table.row(
                            each.path("number").asLong(),
                            each.path("strategy").asText(),
                            each.path("phase").asText() + (each.path("paused").asBoolean() ? " (paused)" : ""),
                            each.path("targets").asInt(),
                            each.path("author").asText(),
                            each.path("created").asText(),
                            each.path("reason").asText());
                return table.text();
            });
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Show a rollout and what each instance did.")
    static final class Show implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        Which which = new Which();

        @Option(names = "--state", paramLabel = "STATE", description = "Only instances in this state, as in REJECTED.")
        @Nullable String state;

        Show(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode rollout = context.client().get(which.path(""));
            String query = state == null ? "" : "?state=" + ApiRequest.encode(state);
            JsonNode instances = context.client().get(which.path("/instances" + query));
            ObjectNode both = (ObjectNode) rollout;
            both.set("instances", instances.path("instances"));
            both.set("notAsked", instances.path("notAsked"));
            context.answer(rollout, () -> text(rollout));
            return 0;
        }

        private static String text(JsonNode rollout) {
            StringBuilder text = new StringBuilder(RolloutView.line(rollout)).append('\n');
            for (JsonNode each : rollout.path("files"))
                text.append("  ")
                        .append(each.path("application").asText())
                        .append('/')
                        .append(each.path("cluster").asText())
                        .append('/')
                        .append(each.path("file").asText())
                        .append("  ")
                        .append(each.path("before").asLong())
                        .append(" -> ")
                        .append(each.path("after").asLong())
                        .append('\n');
            for (String each : RolloutView.judged(rollout)) text.append(each).append('\n');
            Table table = Table.of("INSTANCE", "STATE", "TIME", "REASON");
            for (JsonNode each : rollout.path("instances"))
                table.row(
                        each.path("application").asText() + "/"
                                + each.path("id").asText(),
                        each.path("state").asText(),
                        each.path("time").asText(),
                        each.path("reason").asText());
            for (JsonNode each : rollout.path("notAsked"))
                table.row(
                        each.path("application").asText() + "/"
                                + each.path("id").asText(),
                        "not asked",
                        "",
                        "");
            return text.append(table.text()).toString();
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Follow a rollout to its end: 0 committed, 8 aborted, 9 rolled back.")
    static final class Watch implements Callable<Integer> {
        private final Context context;

        @CommandLine.Mixin
        Which which = new Which();

        Watch(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws InterruptedException {
            return new RolloutView(context, which.path(""), true).follow(context.client());
        }
    }

    @Command(mixinStandardHelpOptions = true)
    static final class Step implements Callable<Integer> {
        private final Context context;
        private final String word;

        @CommandLine.Mixin
        Which which = new Which();

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Why.")
        String message = "";

        Step(Context context, String word) {
            this.context = context;
            this.word = word;
        }

        @Override
        public Integer call() {
            String query = message.isEmpty() ? "" : "?message=" + ApiRequest.encode(message);
            JsonNode done = context.client().call(ApiRequest.of("POST", which.path("/" + word + query)));
            context.answer(done, () -> RolloutView.line(done));
            return 0;
        }
    }
}
