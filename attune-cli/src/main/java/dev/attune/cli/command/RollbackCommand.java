package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.config.Coordinate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        mixinStandardHelpOptions = true,
        description = "Make a new release with the bytes of an earlier one; history only grows.")
final class RollbackCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Parameters(index = "1", paramLabel = "RELEASE", description = "The release to return to.")
    long target;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why.")
    String message = "";

    RollbackCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Coordinate file = argument.file();
        JsonNode release = new FileApi(context.client()).rollback(file, target, message);
        context.answer(
                release,
                () -> "rolled back " + FileAddress.show(file) + " to release " + target + " as release "
                        + FileApi.release(release) + " at revision "
                        + release.path("revision").asLong());
        return 0;
    }
}
