package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Table;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "list", mixinStandardHelpOptions = true, description = "List the files of an application.")
final class ListCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "ENV/APP", description = "The application.")
    String application = "";

    @Option(names = "--cluster", paramLabel = "NAME", description = "Only files of this cluster.")
    @Nullable String cluster;

    ListCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String[] parts = application.split("/", -1);
        if (parts.length != 2)
            throw new IllegalArgumentException("application: " + application + " (expected: env/app)");
        JsonNode files = new FileApi(context.client()).list(parts[0], parts[1], cluster);
        context.answer(files, () -> {
            var table = Table.of("FILE", "CLUSTER", "RELEASE", "REVISION", "AUTHOR", "TIME");
            for (JsonNode file : files.path("files")) {
                table.row(
                        file.path("file").asText(),
                        file.path("cluster").asText(),
                        FileApi.release(file),
                        file.path("revision").asLong(),
                        file.path("author").asText(),
                        Times.show(file.path("time").asText()));
            }
            return table.text();
        });
        return 0;
    }
}
