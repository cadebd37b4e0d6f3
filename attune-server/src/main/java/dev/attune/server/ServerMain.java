package dev.attune.server;

import dev.attune.model.AttuneException;
import dev.attune.server.node.AttuneNode;
import dev.attune.server.node.NodeOptions;
import dev.attune.server.node.Restore;
import dev.attune.server.node.WitnessNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code attune server}: runs one node until it is told to stop. */
@Command(
        name = "attune server",
        mixinStandardHelpOptions = true,
        version = "attune " + AttuneNode.VERSION,
        sortOptions = false,
        description = "Runs one node of a configuration centre.")
public final class ServerMain implements Callable<Integer> {
    private static final int EXIT_REFUSED = 2;
    private static final int EXIT_FATAL = 3;
    private static final long PATIENCE_SECONDS = 3;

    @Mixin
    private ServerSettings settings = new ServerSettings();

    @Option(names = "--train", hidden = true, description = "Start, answer once, stop: for the class-data archive.")
    private boolean train;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by the command-line library
    private CommandSpec spec;

    private ServerMain() {}

    /** Exits 0 after a stop that was asked for, 2 for settings that are refused, 3 after a fatal error. */
    public static void main(String[] arguments) {
        LogFormat.install();
        CommandLine line = new CommandLine(new ServerMain());
        line.setDefaultValueProvider(new ConfigFile());
        int code = line.execute(arguments);
        // Threads of libraries may still run; what had to be closed is closed.
        if (code != 0) Runtime.getRuntime().halt(code);
        System.exit(0);
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        AttuneNode node;
        try {
            if (train) settings.useForTraining(Files.createTempDirectory("attune-train"));
            NodeOptions options = settings.nodeOptions();
            if (settings.restore().isPresent())
                tellRestored(Restore.into(options, settings.restore().get()), out);
            if (options.isWitness()) {
                WitnessNode witness =
                        WitnessNode.start(options, cause -> Runtime.getRuntime().halt(EXIT_FATAL));
                untilStopped(witness::close, () -> tell(witness, out));
                return 0;
            }
            node = AttuneNode.start(options, cause -> Runtime.getRuntime().halt(EXIT_FATAL));
        } catch (AttuneException | IllegalArgumentException | IOException e) {
            err.println("attune server: " + e.getMessage());
            if (e.getCause() != null) err.println("  because: " + e.getCause().getMessage());
            err.flush();
            return EXIT_REFUSED;
        }
        if (train) {
            node.ready().get(20, TimeUnit.SECONDS);
            Training.run(node);
            node.close();
            return 0;
        }
        untilStopped(node::close, () -> tell(node, out));
        return 0;
    }

    private interface Telling {
        void tell() throws InterruptedException, IOException;
    }

    /** Tells what there is to tell, then waits until the process is told to stop. */
    private static void untilStopped(Runnable close, Telling telling) throws InterruptedException, IOException {
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            close.run();
                            stop.countDown();
                        },
                        "attune-stop"));
        telling.tell();
        stop.await();
    }

    private void tell(WitnessNode node, PrintWriter out) throws InterruptedException {
        out.println(
                "attune " + AttuneNode.VERSION + "  witness " + settings.id() + "  data " + settings.dataDirectory());
        out.println("  health " + settings.scheme() + "://" + settings.listenHost() + ":" + node.apiPort());
        out.println("  peers  " + settings.peerHost() + ":" + node.peerPort());
        out.flush();
        boolean told = false;
        while (true) {
            try {
                node.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                break;
            } catch (TimeoutException e) {
                if (!told) out.println("  waiting: no leader is heard of");
                told = true;
                out.flush();
            } catch (ExecutionException e) {
                // The node is being closed.
                return;
            }
        }
        out.println("ready: it votes and keeps no data; clients connect to the other nodes.");
        out.flush();
    }

    private static void tellRestored(Restore.Restored restored, PrintWriter out) {
        out.println("restored revision " + restored.revision() + " of cluster " + restored.from() + " as new cluster "
                + restored.clusterId());
        out.flush();
    }

    private void tell(AttuneNode node, PrintWriter out) throws InterruptedException, IOException {
        String api = settings.scheme() + "://" + settings.listenHost() + ":" + node.apiPort();
        out.println("attune " + AttuneNode.VERSION + "  node " + settings.id() + "  data " + settings.dataDirectory());
        out.println("  API    " + api);
        out.println("  peers  " + settings.peerHost() + ":" + node.peerPort());
        out.flush();
        boolean told = false;
        while (true) {
            try {
                node.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                break;
            } catch (TimeoutException e) {
                if (!told) out.println("  waiting: " + node.core().notReady().orElse("almost ready"));
                told = true;
                out.flush();
            } catch (ExecutionException e) {
                // The node is being closed.
                return;
            }
        }
        Path token = node.tokenFile();
        if (Files.exists(token)) {
            Instant ends = Files.getLastModifiedTime(token)
                    .toInstant()
                    .plus(AttuneNode.firstTokenValid())
                    .truncatedTo(ChronoUnit.MINUTES);
            out.println("  token  " + token + " (administrator; readable by you only; until " + ends + ")");
            out.println("         a lasting one: ./attune token create me --role admin --to FILE");
            out.println("ready. Next:");
            String endpoint = node.apiPort() == 7420 ? "" : " --endpoints " + api;
            out.println("  echo 'greeting=hello' | ./attune put prod/orders/application.properties --token-file "
                    + token + endpoint);
        } else {
            out.println("ready. " + settings.whereTheTokenIs());
        }
        out.flush();
    }
}
