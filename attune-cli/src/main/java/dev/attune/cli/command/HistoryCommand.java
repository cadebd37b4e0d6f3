package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Table;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(mixinStandardHelpOptions = true, description = "List a file's releases, newest first.")
final class HistoryCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most so many, up to 100 (default: ${DEFAULT-VALUE}).")
    int limit = 20;

    HistoryCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        JsonNode history = new FileApi(context.client()).history(argument.file(), limit);
        context.answer(history, () -> {
            var table = Table.of("RELEASE", "KIND", "REVISION", "AUTHOR", "TIME", "SHA-256", "MESSAGE");
            for (JsonNode release : history.path("releases")) {
                String sha256 = release.path("sha256").asText();
                table.row(
                        FileApi.release(release),
                        release.path("kind").asText().toLowerCase(Locale.ROOT),
                        release.path("revision").asLong(),
                        release.path("author").asText(),
                        Times.show(release.path("time").asText()),
                        sha256.substring(0, Math.min(12, sha256.length())),
                        release.path("message").asText());
            }
            return table.text();
        });
        return 0;
    }
}
