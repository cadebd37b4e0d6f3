package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.SafeText;
import dev.attune.cli.output.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Raw keys. */
final class KvCommands {
    private static final String BASE = "/api/v1/kv";

    private KvCommands() {}

    static CommandLine create(Context context) {
        CommandLine kv = Commands.group("kv", "Raw keys, beside the files.");
        kv.addSubcommand("get", new Get(context));
        kv.addSubcommand("put", new Put(context));
        kv.addSubcommand("del", new Del(context));
        kv.addSubcommand("range", new Range(context));
        kv.addSubcommand("watch", new KvWatchCommand(context));
        kv.addSubcommand("txn", new Txn(context));
        return kv;
    }

    private static String keyPath(String key) {
        if (key.isEmpty()) throw new IllegalArgumentException("key: empty (expected: at least one character)");
        return BASE + "/" + ApiRequest.encode(key);
    }

    /** Bytes of the API as people read them: text, or Base64 with a mark. */
    static String show(JsonNode node, String name) {
        if (node.has(name)) return node.path(name).asText();
        return node.has(name + "Base64")
                ? "base64:" + node.path(name + "Base64").asText()
                : "";
    }

    @Command(mixinStandardHelpOptions = true, description = "Print a key's value byte for byte.")
    static final class Get implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "KEY")
        String key = "";

        @Option(names = "--revision", paramLabel = "R", description = "As of this revision (default: the newest).")
        long revision;

        Get(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String path = keyPath(key) + "?revision=" + revision;
            if (context.json()) {
                context.answer(context.client().get(path), () -> "");
                return 0;
            }
            byte[] value = context.client().bytes(ApiRequest.getBytes(path));
            if (context.terminal().interactive()) {
                context.terminal().print(SafeText.of(new String(value, StandardCharsets.UTF_8)));
            } else {
                context.terminal().out().write(value, 0, value.length);
                context.terminal().out().flush();
            }
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Set a key.")
    static final class Put implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "KEY")
        String key = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "Default: read with -f.")
        @Nullable String value;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "The value; - for standard input.")
        @Nullable String source;

        @Option(names = "--lease", paramLabel = "ID", description = "Delete it when this lease ends.")
        @Nullable Long lease;

        @Option(
                names = "--if-revision",
                paramLabel = "R",
                description = "Only when it was last changed at this revision; 0 only when it does not exist.")
        @Nullable Long ifRevision;

        Put(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            if ((value == null) == (source == null)) {
                throw new IllegalArgumentException("value: give it as VALUE or with -f (expected: one of them)");
            }
            byte[] bytes = value != null
                    ? value.getBytes(StandardCharsets.UTF_8)
                    : Input.read(String.valueOf(source), context.terminal(), context.workingDirectory());
            String path = keyPath(key);
            String separator = "?";
            if (lease != null) {
                path += separator + "lease=" + lease;
                separator = "&";
            }
            if (ifRevision != null) path += separator + "prevRevision=" + ifRevision;
            JsonNode answer = context.client().call(ApiRequest.raw("PUT", path, bytes));
            context.answer(answer, () -> "revision " + answer.path("revision").asLong());
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Delete a key, or with --prefix all keys that start with it.")
    static final class Del implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "KEY")
        String key = "";

        @Option(names = "--prefix", description = "Every key that starts with KEY, at one revision.")
        boolean prefix;

        Del(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String path = prefix ? BASE + "?prefix=" + ApiRequest.encode(key) : keyPath(key);
            JsonNode answer = context.client().call(ApiRequest.of("DELETE", path));
            context.answer(
                    answer,
                    () -> "deleted " + answer.path("deleted").asLong() + " at revision "
                            + answer.path("revision").asLong());
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "List the keys that start with a prefix.")
    static final class Range implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", arity = "0..1", paramLabel = "PREFIX", description = "Default: all keys.")
        String prefix = "";

        @Option(names = "--revision", paramLabel = "R", description = "As of this revision (default: the newest).")
        long revision;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "1000",
                description = "At most so many, up to 10000 (default: ${DEFAULT-VALUE}).")
        long limit = 1000;

        @Option(names = "--keys-only", description = "Without values.")
        boolean keysOnly;

        Range(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ApiClient client = context.client();
            JsonNode answer = client.get(BASE + "?prefix=" + ApiRequest.encode(prefix) + "&revision=" + revision
                    + "&limit=" + limit + (keysOnly ? "&keysOnly=true" : ""));
            context.answer(answer, () -> {
                var table = Table.of("KEY", "REVISION", "VERSION", "VALUE");
                for (JsonNode key : answer.path("keys")) {
                    table.row(
                            show(key, "key"),
                            key.path("modRevision").asLong(),
                            key.path("version").asLong(),
                            show(key, "value"));
                }
                boolean more = answer.path("more").asBoolean();
                return table.text() + (more ? "… of " + answer.path("count").asLong() + " keys; see --limit\n" : "");
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Run a transaction: compares, then one of two lists of operations, all at one revision. Input:",
                "{\"compare\": [{\"key\": \"a\", \"target\": \"version\", \"expected\": 0}],",
                " \"then\": [{\"put\": {\"key\": \"a\", \"value\": \"1\"}}], \"else\": [{\"get\": {\"key\": \"a\"}}]}"
            })
    static final class Txn implements Callable<Integer> {
        private final Context context;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                defaultValue = "-",
                description = "The transaction; - for standard input (default: ${DEFAULT-VALUE}).")
        String source = "-";

        Txn(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            byte[] body = Input.read(source, context.terminal(), context.workingDirectory());
            JsonNode answer = context.client()
                    .call(ApiRequest.raw("POST", BASE + "/txn", body).with("Content-Type", "application/json"));
            context.answer(
                    answer,
                    () -> (answer.path("succeeded").asBoolean() ? "then" : "else") + " at revision "
                            + answer.path("revision").asLong() + "\n"
                            + dev.attune.cli.output.Json.pretty(answer.path("results")));
            return 0;
        }
    }
}
