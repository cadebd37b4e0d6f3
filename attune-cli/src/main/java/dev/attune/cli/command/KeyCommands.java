package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.model.config.Coordinate;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Single keys of files. */
final class KeyCommands {
    private KeyCommands() {}

    private static String path(Coordinate file, String key, String message) {
        StringBuilder segments = new StringBuilder("/keys");
        for (String each : key.split("/", -1)) segments.append('/').append(ApiRequest.encode(each));
        String why = message.isEmpty() ? "" : "&message=" + ApiRequest.encode(message);
        return FileAddress.path(file, segments.toString()) + why;
    }

    private static void told(Context context, Coordinate file, JsonNode release) {
        context.answer(release, () -> "released " + FileAddress.show(file) + " as release " + FileApi.release(release));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Set one key of a file and release it; order and comments stay.")
    static final class SetKey implements Callable<Integer> {
        private final Context context;

        @Mixin
        FileArgument argument = new FileArgument();

        @Parameters(index = "1", paramLabel = "KEY", description = "As in a.b[0].c.")
        String key = "";

        @Parameters(index = "2", paramLabel = "VALUE", description = "The new value.")
        String value = "";

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Why.")
        String message = "";

        SetKey(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Coordinate file = argument.file();
            byte[] body = value.getBytes(StandardCharsets.UTF_8);
            told(context, file, context.client().call(ApiRequest.raw("PUT", path(file, key, message), body)));
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Remove one key of a file and release it.")
    static final class UnsetKey implements Callable<Integer> {
        private final Context context;

        @Mixin
        FileArgument argument = new FileArgument();

        @Parameters(index = "1", paramLabel = "KEY", description = "As in a.b[0].c.")
        String key = "";

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Why.")
        String message = "";

        UnsetKey(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Coordinate file = argument.file();
            told(context, file, context.client().call(ApiRequest.of("DELETE", path(file, key, message))));
            return 0;
        }
    }
}
