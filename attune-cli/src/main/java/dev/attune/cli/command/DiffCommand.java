package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        mixinStandardHelpOptions = true,
        description = "Show how two releases of a file differ, or the current one and a local file.")
final class DiffCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Option(names = "--from", paramLabel = "N", description = "Older release (default: the one before --to).")
    @Nullable Long from;

    @Option(names = "--to", paramLabel = "N", description = "Newer release (default: the current one).")
    @Nullable Long to;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Compare the release --from (default: the current one) with this file; - for standard input.")
    @Nullable String local;

    @Option(names = "--keys", description = "Compare by key instead of by line.")
    boolean keys;

    DiffCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Coordinate file = argument.file();
        var api = new FileApi(context.client());
        if (keys) return byKey(file);
        String name = FileAddress.show(file);
        String difference;
        if (local != null) {
            if (to != null) throw new IllegalArgumentException("--to: not with --file (expected: --from or nothing)");
            FileApi.Content old = api.content(file, from);
            byte[] text = Input.read(local, context.terminal(), context.workingDirectory());
            difference =
                    UnifiedDiff.of(name + " release " + old.release(), textOf(old), local, Input.text(text, local));
        } else {
            FileApi.Content newer = api.content(file, to);
            long older = from != null ? from : newer.release() - 1;
            String old = older == 0 ? "" : textOf(api.content(file, older));
            difference = UnifiedDiff.of(
                    name + " release " + older, old, name + " release " + newer.release(), textOf(newer));
        }
        context.answer(Json.object().put("different", !difference.isEmpty()).put("diff", difference), () -> difference);
        return 0;
    }

    private int byKey(Coordinate file) {
        if (local != null) throw new IllegalArgumentException("--keys: not with --file (expected: --from, --to)");
        String path = FileAddress.path(file, "/diff")
                + (from == null ? "" : "&from=" + from)
                + (to == null ? "" : "&to=" + to);
        JsonNode answer = context.client().get(path);
        context.answer(answer, () -> {
            Table table = Table.of("KEY", "BEFORE", "AFTER");
            for (JsonNode each : answer.path("keys"))
                table.row(
                        each.path("key").asText(),
                        each.path("before").asText(),
                        each.path("after").asText());
            return table.text();
        });
        return 0;
    }

    private static String textOf(FileApi.Content content) {
        return Input.text(content.bytes(), "release " + content.release());
    }
}
