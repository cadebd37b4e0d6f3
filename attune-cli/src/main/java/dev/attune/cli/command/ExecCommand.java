package dev.attune.cli.command;

import dev.attune.cli.process.Supervised;
import dev.attune.cli.process.VariableNames;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Run a program with an application's configuration as environment variables.",
            "When that changes, the program is restarted or signalled. Ends with the program's exit code."
        })
final class ExecCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    SubscriptionOptions subscription = new SubscriptionOptions();

    @Option(names = "--pristine", description = "Without this command's own environment, but for PATH.")
    boolean pristine;

    @Option(
            names = "--signal",
            paramLabel = "NAME",
            description = "On change send this signal, for instance HUP, instead.")
    @Nullable String signal;

    @Option(names = "--once", description = "Do nothing on change.")
    boolean once;

    @Option(
            names = "--splay",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Wait a random time up to this before acting on a change, so that not all act at once.")
    int splaySeconds;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Time to end after SIGTERM before it is killed (default: ${DEFAULT-VALUE}).")
    int graceSeconds = 10;

    @Parameters(arity = "1..*", paramLabel = "CMD", description = "The program and its arguments, after --.")
    List<String> command = new ArrayList<>();

    ExecCommand(Context context) {
        this.context = context;
    }

    /** What the waiting thread wakes up for: a program that ended, or null for a changed configuration. */
    private record Wake(@Nullable Process ended) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        var supervised = new Supervised(command, pristine, Duration.ofSeconds(graceSeconds));
        BlockingQueue<Wake> wakes = new LinkedBlockingQueue<>();
        try (AttuneClient client = subscription.client(context.connection());
                Config config = subscription.open(client)) {
            if (config.source() == ConfigSource.SNAPSHOT) {
                context.terminal().say("attune: no node answers; starting from the local copy");
            }
            if (!once) config.onChange(change -> wakes.add(new Wake(null)));
            return supervise(supervised, config, wakes);
        }
    }

    private int supervise(Supervised supervised, Config config, BlockingQueue<Wake> wakes)
            throws IOException, InterruptedException {
        // A program must not outlive the command that was told to stop.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopQuietly(supervised), "attune-exec-stop"));
        Map<String, String> variables = variables(config);
        Process process = start(supervised, variables, wakes);
        while (true) {
            Wake wake = wakes.take();
            if (wake.ended() != null) {
                if (wake.ended().equals(process)) return process.exitValue();
                continue;
            }
            if (splaySeconds > 0) Thread.sleep(ThreadLocalRandom.current().nextLong(splaySeconds * 1000L + 1));
            Map<String, String> now = variables(config);
            if (now.equals(variables)) continue;
            variables = now;
            if (signal != null) {
                supervised.signal(signal);
            } else {
                context.terminal().say("attune: configuration changed; restarting " + command.get(0));
                // First, so that its end is not taken for the end of the program.
                Process old = process;
                process = restart(supervised, variables, wakes);
                wakes.removeIf(each -> old.equals(each.ended()));
            }
        }
    }

    private static Process restart(Supervised supervised, Map<String, String> variables, BlockingQueue<Wake> wakes)
            throws IOException, InterruptedException {
        supervised.stop();
        return start(supervised, variables, wakes);
    }

    private static Process start(Supervised supervised, Map<String, String> variables, BlockingQueue<Wake> wakes)
            throws IOException {
        Process process = supervised.start(variables);
        process.onExit().thenAccept(ended -> wakes.add(new Wake(ended)));
        return process;
    }

    private Map<String, String> variables(Config config) {
        return VariableNames.of(config.snapshot().keys(), subscription.prefix);
    }

    private static void stopQuietly(Supervised supervised) {
        try {
            supervised.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
