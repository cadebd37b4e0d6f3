package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.config.Coordinate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(mixinStandardHelpOptions = true, description = "Take a file away from its readers; its history stays.")
final class DeleteCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why.")
    String message = "";

    DeleteCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Coordinate file = argument.file();
        JsonNode answer = new FileApi(context.client()).delete(file, message);
        context.answer(answer, () -> "deleted " + FileAddress.show(file));
        return 0;
    }
}
