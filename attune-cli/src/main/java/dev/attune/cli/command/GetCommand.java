package dev.attune.cli.command;

import dev.attune.cli.output.SafeText;
import java.nio.charset.StandardCharsets;
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
        var api = new FileApi(context.client());
        if (context.json()) {
            context.answer(api.get(argument.file(), release), () -> "");
            return 0;
        }
        byte[] text = api.content(argument.file(), release).bytes();
        if (raw || !context.terminal().interactive()) {
            context.terminal().out().write(text, 0, text.length);
            context.terminal().out().flush();
        } else {
            context.terminal().out().print(SafeText.of(new String(text, StandardCharsets.UTF_8)));
            context.terminal().out().flush();
        }
        return 0;
    }
}
