package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        mixinStandardHelpOptions = true,
        description = "Release a new content of a file: every instance that reads it is told at once.")
final class PutCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The content; - for standard input, which is the default.")
    @Nullable String source;

    @Option(names = "--text", paramLabel = "TEXT", description = "The content itself, for short ones.")
    @Nullable String given;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why.")
    String message = "";

    @Option(
            names = "--base",
            paramLabel = "RELEASE",
            description = "Only when this release is current; 0 only when there is no such file yet.")
    @Nullable Long base;

    PutCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Coordinate file = argument.file();
        if (given != null && source != null)
            throw new IllegalArgumentException("--text: together with -f (expected: one)");
        byte[] text = given != null
                ? given.getBytes(StandardCharsets.UTF_8)
                : Input.read(source == null ? "-" : source, context.terminal(), context.workingDirectory());
        JsonNode release = new FileApi(context.client()).put(file, text, message, base);
        context.answer(
                release,
                () -> "released " + FileAddress.show(file) + " as release " + FileApi.release(release) + " at revision "
                        + release.path("revision").asLong());
        return 0;
    }
}
