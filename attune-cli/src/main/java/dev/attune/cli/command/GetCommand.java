package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        mixinStandardHelpOptions = true,
        description = "Print a file's content byte for byte; with -o json its release too.")
final class GetCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Option(names = "--release", paramLabel = "N", description = "An earlier release (default: the current one).")
    @Nullable Long release;

    @Option(names = "--raw", description = "Keep control characters even when a terminal shows them.")
    boolean raw;

    GetCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        JsonNode found = new FileApi(context.client()).get(argument.file(), release);
        if (context.json()) {
            context.answer(found, () -> "");
            return 0;
        }
        byte[] text = FileApi.text(found);
        if (raw || !context.terminal().interactive()) {
            context.terminal().out().write(text, 0, text.length);
            context.terminal().out().flush();
        } else {
            context.answer(found, () -> new String(text, java.nio.charset.StandardCharsets.UTF_8));
        }
        return 0;
    }
}
