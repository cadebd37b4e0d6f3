package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Table;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Who is connected, what a change would touch, and what nobody reads. */
final class InstanceCommands {
    private InstanceCommands() {}

    private static String path(String address, String what) {
        String[] parts = address.split("/", -1);
        if (parts.length != 2) throw new IllegalArgumentException("application: " + address + " (expected: env/app)");
        return "/api/v1/envs/" + ApiRequest.encode(parts[0]) + "/apps/" + ApiRequest.encode(parts[1]) + "/" + what;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "List the connected instances of an application and what they did with each release.")
    static final class Instances implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV/APP", description = "The application.")
        String address = "";

        Instances(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().get(path(address, "instances"));
            context.answer(answer, () -> {
                Table table = Table.of(
                        "INSTANCE", "NODE", "CLUSTER", "SINCE", "FILE", "OFFERED", "RELEASE", "STATE", "REASON");
                for (JsonNode each : answer.path("instances"))
                    for (JsonNode file : each.path("files"))
                        table.row(
                                each.path("id").asText(),
                                each.path("node").asText(),
                                each.path("cluster").asText(),
                                Times.show(each.path("connected").asText()),
                                file.path("file").asText(),
                                file.path("offered").asText(),
                                file.path("release").asLong(),
                                each.path("follower").asBoolean()
                                        ? "follows"
                                        : file.path("state").asText(),
                                file.path("reason").asText());
                return table.text();
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "List the connected instances that a change of a file would touch.")
    static final class Blast implements Callable<Integer> {
        private final Context context;

        @Mixin
        FileArgument argument = new FileArgument();

        Blast(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().get(FileAddress.path(argument.file(), "/blast"));
            context.answer(answer, () -> {
                Table table = Table.of("INSTANCE", "APPLICATION", "CLUSTER", "IP", "NODE");
                for (JsonNode each : answer.path("instances"))
                    table.row(
                            each.path("id").asText(),
                            each.path("application").asText(),
                            each.path("cluster").asText(),
                            each.path("ip").asText(),
                            each.path("node").asText());
                return table.text();
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "List the keys of current files that no connected instance has read.")
    static final class Unused implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV/APP", description = "The application.")
        String address = "";

        Unused(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().get(path(address, "unused-keys"));
            context.answer(answer, () -> {
                Table table = Table.of("FILE", "CLUSTER", "KEY");
                for (JsonNode each : answer.path("keys"))
                    table.row(
                            each.path("file").asText(),
                            each.path("cluster").asText(),
                            each.path("key").asText());
                return table.text() + "read by " + answer.path("instances").asLong() + " connected instances\n";
            });
            return 0;
        }
    }
}
