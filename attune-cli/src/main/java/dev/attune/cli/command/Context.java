package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.Connection;
import dev.attune.cli.api.ConnectionSettings;
import dev.attune.cli.output.Format;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.SafeText;
import dev.attune.cli.output.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the commands share.
 *
 * @param environment the process environment
 * @param workingDirectory where relative files lie
 */
public record Context(
        GlobalOptions options, Terminal terminal, Map<String, String> environment, Path workingDirectory) {
    /** Where and as whom this run talks to the centre. */
    public Connection connection() {
        if (options.timeoutSeconds < 1) {
            throw new IllegalArgumentException("--timeout: " + options.timeoutSeconds + " (expected: >= 1)");
        }
        return new ConnectionSettings(environment, workingDirectory)
                .resolve(
                        options.endpoints,
                        options.tokenFile,
                        options.authority,
                        Duration.ofSeconds(options.timeoutSeconds));
    }

    /** A client for {@link #connection()}. */
    public ApiClient client() {
        return new ApiClient(connection());
    }

    public boolean json() {
        return options.output == Format.json;
    }

    /** Prints an answer: itself for programs, {@code text} for people. */
    public void answer(JsonNode answer, Supplier<String> text) {
        if (json()) {
            terminal.print(Json.pretty(answer));
            return;
        }
        String shown = SafeText.of(text.get());
        terminal.out().print(shown.isEmpty() || shown.endsWith("\n") ? shown : shown + "\n");
        terminal.out().flush();
    }
}
