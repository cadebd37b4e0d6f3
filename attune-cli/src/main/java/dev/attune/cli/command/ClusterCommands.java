package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of operators. */
final class ClusterCommands {
    private static final String BASE = "/api/v1/cluster";
    private static final int COPY_BYTES = 64 * 1024;

    private ClusterCommands() {}

    static CommandLine create(Context context) {
        CommandLine snapshot = Commands.group("snapshot", "Copies of all data.");
        snapshot.addSubcommand("save", new Save(context));
        snapshot.addSubcommand("restore", new Restore(context));
        CommandLine cluster = Commands.group("cluster", "See and change the cluster.");
        cluster.addSubcommand("status", new Status(context));
        cluster.addSubcommand("members", new Members(context));
        cluster.addSubcommand("add", new Add(context));
        cluster.addSubcommand("promote", new Promote(context));
        cluster.addSubcommand("remove", new Remove(context));
        cluster.addSubcommand("transfer", new Transfer(context));
        cluster.addSubcommand("snapshot", snapshot);
        return cluster;
    }

    private static String member(String id, String action) {
        return BASE + "/members/" + ApiRequest.encode(id) + action;
    }

    @Command(mixinStandardHelpOptions = true, description = "Show the cluster as the asked node sees it.")
    record Status(Context context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode status = context.client().get(BASE);
            context.answer(status, () -> {
                var table = Table.of("WHAT", "VALUE");
                status.properties().forEach(field -> {
                    if (field.getValue().isValueNode())
                        table.row(field.getKey(), field.getValue().asText());
                });
                for (JsonNode alarm : status.path("alarms")) table.row("alarm", alarm.asText());
                return table.text() + "\n" + membersTable(status);
            });
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "List the members.")
    record Members(Context context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode status = context.client().get(BASE);
            context.answer(status.path("members"), () -> membersTable(status));
            return 0;
        }
    }

    private static String membersTable(JsonNode answer) {
        var table = Table.of("MEMBER", "KIND", "LEADER", "PEER ADDRESS", "API ADDRESS");
        for (JsonNode member : answer.path("members")) {
            table.row(
                    member.path("id").asText(),
                    member.path("kind").asText(),
                    member.path("leader").asBoolean() ? "leader" : "",
                    member.path("peerAddress").asText(),
                    member.path("apiAddress").asText());
        }
        return table.text();
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Add a member that follows without a vote; start it with 'attune server --join'.")
    static final class Add implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "MEMBER", description = "Its id, never used before.")
        String id = "";

        @Parameters(index = "1", paramLabel = "HOST:PORT", description = "Its peer address.")
        String peerAddress = "";

        Add(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            var body = Json.object().put("id", id).put("peerAddress", peerAddress);
            JsonNode answer = context.client().call(ApiRequest.json("POST", BASE + "/members", body));
            context.answer(
                    answer, () -> "added " + id + " without a vote; give it one with: attune cluster promote " + id);
            return 0;
        }
    }

    /** A command about one member, done by one POST or DELETE. */
    abstract static class OnMember implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "MEMBER", description = "Its id.")
        String id = "";

        OnMember(Context context) {
            this.context = context;
        }

        abstract ApiRequest request();

        abstract String done();

        @Override
        public Integer call() {
            JsonNode answer = context.client().call(request());
            context.answer(answer, this::done);
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Give a member that has caught up a vote.")
    static final class Promote extends OnMember {
        Promote(Context context) {
            super(context);
        }

        @Override
        ApiRequest request() {
            return ApiRequest.of("POST", member(id, "/promote"));
        }

        @Override
        String done() {
            return id + " has a vote";
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Take a member out for good; its id is never used again.")
    static final class Remove extends OnMember {
        Remove(Context context) {
            super(context);
        }

        @Override
        ApiRequest request() {
            return ApiRequest.of("DELETE", member(id, ""));
        }

        @Override
        String done() {
            return "removed " + id;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Hand leadership to a member.")
    static final class Transfer extends OnMember {
        Transfer(Context context) {
            super(context);
        }

        @Override
        ApiRequest request() {
            return ApiRequest.json("POST", BASE + "/transfer", Json.object().put("to", id));
        }

        @Override
        String done() {
            return id + " leads";
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Save a checked copy of all data to a file.")
    static final class Save implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "FILE", description = "Where to; replaced when it exists.")
        String file = "";

        Save(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            Path target = context.workingDirectory().resolve(file);
            Path folder = target.toAbsolutePath().getParent();
            if (folder == null) throw new IllegalArgumentException("file: " + file + " (expected: a file name)");
            // Holds every value there is, so nobody else may read it; renamed when complete, so never half a copy.
            Path part = Files.createTempFile(
                    folder,
                    ".attune-snapshot",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            long bytes;
            try {
                bytes = download(part);
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            context.answer(
                    Json.object().put("file", target.toString()).put("bytes", bytes),
                    () -> "saved " + bytes + " bytes to " + file);
            return 0;
        }

        private long download(Path to) throws IOException {
            var response = context.client().send(ApiRequest.get(BASE + "/snapshot").stream());
            long total = response.headers().firstValueAsLong("content-length").orElse(0);
            long done = 0;
            try (InputStream in = response.body();
                    OutputStream out = Files.newOutputStream(to);
                    var progress = context.terminal().progress("saving bytes", total)) {
                var buffer = new byte[COPY_BYTES];
                int count;
                while ((count = in.read(buffer)) >= 0) {
                    out.write(buffer, 0, count);
                    done += count;
                    progress.at(done);
                }
            }
            return done;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Make a data directory for a new cluster out of a saved copy, offline.",
                "The copy is checked as a whole first. Data and revisions stay, identity and members are new. For a"
                        + " cluster of several, do it for each member with the same file and --peers."
            })
    static final class Restore implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "FILE", description = "The saved copy.")
        String file = "";

        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                defaultValue = "attune-data",
                description = "Where to; refused unless it is empty. Default: ./attune-data")
        String dataDirectory = "";

        @Option(names = "--id", paramLabel = "ID", defaultValue = "n1", description = "The member's name. Default: n1")
        String id = "";

        @Option(
                names = "--peers",
                paramLabel = "ID=HOST:PORT,...",
                description = "Every member of the new cluster with its peer address, this one included.")
        String peers = "";

        @Option(
                names = "--consensus",
                paramLabel = "ENGINE",
                defaultValue = "raft",
                description = "What the new cluster agrees by: raft or paxos, whatever the old one did. Default: raft")
        String consensus = "raft";

        Restore(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ToolProvider tool = ToolProvider.findFirst("attune-restore")
                    .orElseThrow(
                            () -> new IllegalArgumentException(
                                    "restore needs the server's libraries beside the command's (expected: a whole distribution)"));
            List<String> arguments = new ArrayList<>(List.of(
                    context.workingDirectory().resolve(file).toString(),
                    "--data-dir",
                    context.workingDirectory().resolve(dataDirectory).toString(),
                    "--id",
                    id,
                    "--consensus",
                    consensus));
            if (!peers.isEmpty()) arguments.addAll(List.of("--peers", peers));
            return tool.run(context.terminal().out(), context.terminal().err(), arguments.toArray(String[]::new));
        }
    }
}
