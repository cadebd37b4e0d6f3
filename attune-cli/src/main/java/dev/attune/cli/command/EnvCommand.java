package dev.attune.cli.command;

import dev.attune.cli.output.Json;
import dev.attune.cli.process.VariableNames;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        mixinStandardHelpOptions = true,
        description = "Print an application's configuration as environment variables: eval \"$(attune env …)\".")
final class EnvCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    SubscriptionOptions subscription = new SubscriptionOptions();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "shell",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Syntax syntax = Syntax.shell;

    EnvCommand(Context context) {
        this.context = context;
    }

    /** How variables are written. */
    enum Syntax {
        shell,
        dotenv,
        json
    }

    @Override
    public Integer call() {
        Map<String, String> variables;
        try (AttuneClient client = subscription.client(context.connection());
                Config config = subscription.open(client)) {
            variables = VariableNames.of(config.snapshot().keys(), subscription.prefix);
        }
        if (context.json() || syntax == Syntax.json) {
            var object = Json.object();
            variables.forEach(object::put);
            context.terminal().print(Json.pretty(object));
            return 0;
        }
        var text = new StringBuilder();
        variables.forEach((name, value) -> text.append(line(name, value)));
        // As they are: a value changed for the eye would be a wrong value for the shell.
        context.terminal().out().print(text);
        context.terminal().out().flush();
        return 0;
    }

    private String line(String name, String value) {
        if (syntax == Syntax.shell) return "export " + name + "='" + value.replace("'", "'\\''") + "'\n";
        String escaped = value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("$", "\\$")
                .replace("`", "\\`")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
        return name + "=\"" + escaped + "\"\n";
    }
}
