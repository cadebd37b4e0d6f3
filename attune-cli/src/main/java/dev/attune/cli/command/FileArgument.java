package dev.attune.cli.command;

import dev.attune.model.config.Coordinate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The file that a command is about. Filled by picocli. */
final class FileArgument {
    @Parameters(index = "0", paramLabel = "ENV/APP[/CLUSTER]/FILE", description = "The file.")
    String address = "";

    @Option(names = "--cluster", paramLabel = "NAME", description = "Cluster of the file (default: default).")
    @Nullable String cluster;

    Coordinate file() {
        return FileAddress.parse(address, cluster);
    }
}
