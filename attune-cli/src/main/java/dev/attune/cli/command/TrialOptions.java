package dev.attune.cli.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How values are tried for a profile. */
final class TrialOptions {
    @Option(names = "--cohort", paramLabel = "N", description = "Try values on so many instances.")
    int cohort;

    @Option(names = "--levels", paramLabel = "N", description = "So many values across the range; ${DEFAULT-VALUE}.")
    int levels = 5;

    @Option(
            names = "--value",
            paramLabel = "NUMBER",
            description = "Try this value; may be repeated, instead of --levels.")
    List<Double> values = new ArrayList<>();

    @Option(
            names = "--windows",
            paramLabel = "N",
            description = "Measure each for so many of the policy's ticks; ${DEFAULT-VALUE}.")
    int windows = 10;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random order; told when not given.")
    @Nullable Long seed;
}
