package dev.attune.examples.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Command lines of JVMs like this one. */
final class Jvm {
    private Jvm() {}

    /**
     * The command for a main class.
     *
     * @param flagsVariable the environment variable in which the launcher left the JVM flags for it, a line each
     * @param folder of the distribution that holds its class path
     */
    static List<String> command(String flagsVariable, String folder, String mainClass, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String flags = System.getenv(flagsVariable);
        if (flags != null) flags.lines().filter(line -> !line.isBlank()).forEach(command::add);
        command.add("-cp");
        // The launcher's own wildcard: an archive of classes fits only the very same class path.
        command.add(Objects.requireNonNull(System.getProperty("attune.home"), "attune.home") + "/" + folder + "/*");
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }
}
