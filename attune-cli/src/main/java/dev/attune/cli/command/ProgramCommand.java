package dev.attune.cli.command;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * A program of the distribution with a command line of its own. The launcher starts it directly, with the JVM flags it
 * wants; these commands stand for it in the help and the completion, and still work when only the CLI was started.
 */
abstract class ProgramCommand implements Callable<Integer> {
    private final String mainClass;

    @Unmatched
    final List<String> arguments = new ArrayList<>();

    ProgramCommand(String mainClass) {
        this.mainClass = mainClass;
    }

    @Override
    public Integer call() throws Exception {
        try {
            Class.forName(mainClass).getMethod("main", String[].class).invoke(null, (Object)
                    arguments.toArray(String[]::new));
            // A main that returns has left threads at work; the process ends with them.
            Thread.currentThread().join();
            return 0;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this installation holds the client only (missing: " + mainClass + ")", e);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) throw cause;
            throw e;
        }
    }

    @Command(description = "Run a node; 'attune server --help' lists its options.")
    static final class Server extends ProgramCommand {
        Server() {
            super("dev.attune.server.ServerMain");
        }
    }

    @Command(description = "Show a three-node cluster and a sample service at work; --check exits 0 or 1.")
    static final class Demo extends ProgramCommand {
        Demo() {
            super("dev.attune.examples.demo.Demo");
        }
    }

    @Command(
            description = "Run clusters in virtual time under every fault; 'attune simulate --help' lists its options.")
    static final class Simulate extends ProgramCommand {
        Simulate() {
            super("dev.attune.simulator.run.SimulateMain");
        }
    }
}
