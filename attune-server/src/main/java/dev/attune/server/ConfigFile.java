package dev.attune.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives options that are not on the command line the values of the properties file that {@code --config} names. */
final class ConfigFile implements IDefaultValueProvider {
    private @Nullable Properties properties;

    @Override
    public @Nullable String defaultValue(ArgSpec argument) throws IOException {
        if (!(argument instanceof OptionSpec option)) return null;
        String name = option.longestName().substring(2);
        if (name.equals("config")) return null;
        return properties(option.command()).getProperty(name);
    }

    private Properties properties(CommandSpec command) throws IOException {
        Properties known = properties;
        if (known != null) return known;
        Properties read = new Properties();
        CommandLine line = command.commandLine();
        String file = option(
                line.getParseResult() == null ? null : line.getParseResult().originalArgs());
        if (file != null) {
            try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
                read.load(reader);
            }
            for (String name : read.stringPropertyNames())
                if (command.findOption("--" + name) == null)
                    throw new IOException(file + ": " + name + " is no option (see attune server --help)");
        }
        properties = read;
        return read;
    }

    private static @Nullable String option(java.util.@Nullable List<String> arguments) {
        if (arguments == null) return null;
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith("--config="))
                return arguments.get(i).substring("--config=".length());
            if (arguments.get(i).equals("--config") && i + 1 < arguments.size()) return arguments.get(i + 1);
        }
        return null;
    }
}
