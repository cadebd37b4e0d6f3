package dev.attune.server;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.server.node.Engine;
import dev.attune.server.node.NodeOptions;
import dev.attune.server.node.Restore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Restores a data directory from a backup without starting a node; found by its name, so that the {@code attune}
 * command can offer it without depending on the server.
 */
public final class RestoreTool implements ToolProvider {
    /** What it is found by. */
    public static final String NAME = "attune-restore";

    private static final int EXIT_REFUSED = 2;

    @Override
    public String name() {
        return NAME;
    }

    /** Exits 0 when the directory is ready, 2 when the backup or the directory is refused. */
    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        LogFormat.install();
        return new CommandLine(new Arguments(out, err)).setOut(out).setErr(err).execute(arguments);
    }

    @Command(name = NAME, description = "Makes a data directory out of a backup.")
    private static final class Arguments implements Callable<Integer> {
        private final PrintWriter out;
        private final PrintWriter err;

        @Parameters(index = "0", paramLabel = "FILE")
        private Path file = Path.of("");

        @Option(names = "--data-dir", defaultValue = "attune-data")
        private Path dataDirectory = Path.of("attune-data");

        @Option(names = "--id", defaultValue = "n1")
        private String id = "n1";

        @Option(names = "--peers", split = ",")
        private List<String> peers = new ArrayList<>();

        @Option(names = "--consensus", defaultValue = "raft")
        private String consensus = "raft";

        Arguments(PrintWriter out, PrintWriter err) {
            this.out = out;
            this.err = err;
        }

        @Override
        public Integer call() {
            try {
                NodeOptions options = NodeOptions.single(new MemberId(id), dataDirectory, 0, 0)
                        .withPeers(ServerSettings.members(peers))
                        .withEngine(Engine.named(consensus));
                tell(Restore.into(options, file));
                return 0;
            } catch (AttuneException | IllegalArgumentException | IOException e) {
                err.println("attune: " + e.getMessage());
                err.flush();
                return EXIT_REFUSED;
            }
        }

        private void tell(Restore.Restored restored) {
            out.println("restored revision " + restored.revision() + " of cluster " + restored.from()
                    + " as new cluster " + restored.clusterId() + " into " + dataDirectory);
            if (!peers.isEmpty()) out.println("Do the same for every other member, with the same file and --peers.");
            out.println("Next: ./attune server --data-dir " + dataDirectory + " --id " + id
                    + (peers.isEmpty() ? "" : " --peers " + String.join(",", peers))
                    + (consensus.equals("raft") ? "" : " --consensus " + consensus));
            out.flush();
        }
    }
}
