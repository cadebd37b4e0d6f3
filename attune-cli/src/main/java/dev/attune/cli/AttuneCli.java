package dev.attune.cli;

import dev.attune.cli.command.Commands;
import dev.attune.cli.command.Context;
import dev.attune.cli.command.GlobalOptions;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Terminal;
import dev.attune.model.AttuneException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;

/** The {@code attune} command. */
public final class AttuneCli {
    private AttuneCli() {}

    /** Runs one command and ends the process with its {@link ExitCode}. */
    public static void main(String[] arguments) {
        System.exit(
                run(arguments, Terminal.system(), System.getenv(), Path.of("").toAbsolutePath()));
    }

    /** Runs one command; returns the process's exit code. */
    public static int run(
            String[] arguments, Terminal terminal, Map<String, String> environment, Path workingDirectory) {
        var options = new GlobalOptions();
        CommandLine commands = Commands.create(new Context(options, terminal, environment, workingDirectory), options);
        commands.getCommandSpec()
                .usageMessage()
                .footer(Arrays.stream(ExitCode.values())
                        .map(code -> String.format(Locale.ROOT, "  %3d  %s", code.number(), code.meaning()))
                        .collect(Collectors.joining("%n", "%nExit codes:%n", "")));
        configure(commands, terminal);
        commands.setExecutionExceptionHandler((failure, command, parsed) -> fail(failure, terminal, parsed));
        int exit = commands.execute(arguments);
        terminal.out().flush();
        return exit;
    }

    private static void configure(CommandLine commands, Terminal terminal) {
        commands.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        commands.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.interactive() ? Ansi.AUTO : Ansi.OFF));
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setUsageHelpWidth(110);
        CommandLine exec = commands.getSubcommands().get("exec");
        // What follows the program's name is the program's, even when it looks like ours.
        if (exec != null) exec.setStopAtPositional(true);
    }

    private static int fail(Exception failure, Terminal terminal, ParseResult parsed) {
        ExitCode exit;
        String code;
        if (failure instanceof AttuneException known) {
            exit = ExitCode.of(known.code());
            code = known.code().name();
        } else if (failure instanceof IllegalArgumentException) {
            exit = ExitCode.USAGE;
            code = "INVALID_ARGUMENT";
        } else if (failure instanceof InterruptedException) {
            exit = ExitCode.INTERRUPTED;
            code = "INTERRUPTED";
        } else {
            exit = ExitCode.FAILED;
            code = "FAILED";
        }
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        if (isJson(parsed)) {
            terminal.err().println(Json.line(Json.object().put("code", code).put("message", message)));
        } else {
            terminal.say("attune: " + message);
        }
        if (System.getenv("ATTUNE_DEBUG") != null) failure.printStackTrace(terminal.err());
        return exit.number();
    }

    private static boolean isJson(ParseResult parsed) {
        for (ParseResult at = parsed; at != null; at = at.hasSubcommand() ? at.subcommand() : null) {
            if (at.hasMatchedOption("-o") && "json".equals(String.valueOf(at.matchedOptionValue("-o", ""))))
                return true;
        }
        return false;
    }
}
