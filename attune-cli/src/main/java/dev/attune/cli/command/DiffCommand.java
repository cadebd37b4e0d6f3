package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Json;
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

    DiffCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Coordinate file = argument.file();
        var api = new FileApi(context.client());
        String name = FileAddress.show(file);
        String difference;
        if (local != null) {
            if (to != null) throw new IllegalArgumentException("--to: not with --file (expected: --from or nothing)");
            JsonNode old = api.get(file, from);
            byte[] text = Input.read(local, context.terminal(), context.workingDirectory());
            difference = LineDiff.unified(
                    name + " release " + FileApi.release(old), textOf(old), local, Input.text(text, local));
        } else {
            JsonNode newer = api.get(file, to);
            long newest = FileApi.release(newer);
            long oldest = from != null ? from : newest - 1;
            String old = oldest == 0 ? "" : textOf(api.get(file, oldest));
            difference = LineDiff.unified(name + " release " + oldest, old, name + " release " + newest, textOf(newer));
        }
        context.answer(Json.object().put("different", !difference.isEmpty()).put("diff", difference), () -> difference);
        return 0;
    }

    private static String textOf(JsonNode release) {
        return Input.text(FileApi.text(release), "the release");
    }
}
