package dev.attune.cli.command;

import dev.attune.cli.output.Format;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command takes, before or after its name. Filled by picocli. */
public final class GlobalOptions {
    @Option(
            names = "--endpoints",
            scope = ScopeType.INHERIT,
            paramLabel = "URL[,URL…]",
            description = "Nodes to talk to (default: ATTUNE_ENDPOINTS, ~/.config/attune/config,"
                    + " http://127.0.0.1:7420).")
    @Nullable String endpoints;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "File with the token (default: ATTUNE_TOKEN, ATTUNE_TOKEN_FILE, ~/.config/attune/config,"
                    + " ./attune-data/admin-token).")
    @Nullable Path tokenFile;

    @Option(
            names = "--ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "PEM certificates to trust behind https (default: ATTUNE_CA_FILE, ~/.config/attune/config,"
                    + " what Java trusts).")
    @Nullable Path authority;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Longest wait for an answer (default: ${DEFAULT-VALUE}).")
    int timeoutSeconds = 10;

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "For whom: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Format output = Format.table;
}
