package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import dev.attune.cli.source.Estate;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What concerns many files at once. */
final class EstateCommands {
    private EstateCommands() {}

    @Command(mixinStandardHelpOptions = true, description = "Find keys and values in the files you may see.")
    static final class Search implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", arity = "0..1", paramLabel = "TEXT", description = "In keys, values and file names.")
        String text = "";

        @Option(names = "--env", paramLabel = "NAME", description = "Only this environment.")
        @Nullable String environment;

        @Option(names = "--app", paramLabel = "NAME", description = "Only this application.")
        @Nullable String application;

        @Option(names = "--tag", paramLabel = "TAG", description = "Only files with this tag.")
        @Nullable String tag;

        @Option(names = "--owner", paramLabel = "NAME", description = "Only files of this owner.")
        @Nullable String owner;

        Search(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            StringJoiner query = new StringJoiner("&", "?", "");
            query.add("q=" + ApiRequest.encode(text));
            String[] names = {"env", "app", "tag", "owner"};
            @Nullable String[] values = {environment, application, tag, owner};
            for (int i = 0; i < names.length; i++) {
                String value = values[i];
                if (value != null) query.add(names[i] + "=" + ApiRequest.encode(value));
            }
            JsonNode answer = context.client().get("/api/v1/search" + query);
            context.answer(answer, () -> {
                Table table = Table.of("FILE", "KEY", "VALUE");
                for (JsonNode hit : answer.path("hits"))
                    table.row(
                            FileAddress.show(new Coordinate(
                                    hit.path("environment").asText(),
                                    hit.path("application").asText(),
                                    hit.path("cluster").asText(),
                                    hit.path("file").asText())),
                            hit.path("key").asText(),
                            hit.path("value").asText());
                return table.text() + (answer.path("truncated").asBoolean() ? "… and more\n" : "");
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Write the current files of an environment into a zip; secret values stay sealed.")
    static final class Export implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "The new zip.")
        Path target = Path.of("");

        @Option(names = "--app", paramLabel = "NAME", description = "Only this application.")
        @Nullable String application;

        Export(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            Path file = context.workingDirectory().resolve(target);
            String path = "/api/v1/envs/" + ApiRequest.encode(environment) + "/export"
                    + (application == null ? "" : "?app=" + ApiRequest.encode(application));
            if (Files.exists(file)) throw new FileAlreadyExistsException(target.toString());
            Path part = file.resolveSibling(file.getFileName() + ".part");
            HttpResponse<InputStream> answer = context.client().send(ApiRequest.getBytes(path).stream());
            try (InputStream in = answer.body()) {
                long bytes = Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                // A zip that is there is whole.
                Files.move(part, file);
                String files = answer.headers().firstValue("Attune-Files").orElse("?");
                context.answer(
                        Json.object()
                                .put("file", file.toString())
                                .put("files", files)
                                .put("bytes", bytes),
                        () -> "wrote " + files + " files, " + bytes + " bytes to " + target);
            } finally {
                Files.deleteIfExists(part);
            }
            return 0;
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Remove old releases now, as the settings of ENV say.")
    static final class Retention implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        Retention(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode done = context.client()
                    .call(ApiRequest.of("POST", "/api/v1/envs/" + ApiRequest.encode(environment) + "/retention"));
            context.answer(done, () -> "removed " + done.path("removed").asLong() + " releases");
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Release the files of a folder or zip into an environment, as changes of up to 40 files.",
                "Files that are current already are left alone; where approval is asked for, changes wait for it."
            })
    static final class ImportEnvironment implements Callable<Integer> {
        private static final int FILES_MAX = 40;
        private static final int BYTES_MAX = 900_000;

        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
        String environment = "";

        @Parameters(index = "1", paramLabel = "SOURCE", description = "A folder or a zip.")
        Path source = Path.of("");

        @Option(names = "--from", paramLabel = "FORM", description = "${COMPLETION-CANDIDATES} (default: ATTUNE).")
        Estate form = Estate.ATTUNE;

        @Option(names = "--dry-run", description = "Only list what would be released.")
        boolean dryRun;

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Why.")
        String message = "";

        ImportEnvironment(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            Map<Coordinate, byte[]> files =
                    form.read(environment, context.workingDirectory().resolve(source));
            ApiClient client = context.client();
            Table table = Table.of("FILE", "CHANGE", "STATE");
            ArrayNode changes = Json.array();
            ArrayNode edits = Json.array();
            int bytes = 0;
            int seen = 0;
            try (var progress = context.terminal().progress("importing files", files.size())) {
                for (Map.Entry<Coordinate, byte[]> each : files.entrySet()) {
                    progress.at(++seen);
                    ObjectNode edit = edit(client, each.getKey(), each.getValue());
                    if (edit == null) continue;
                    if (edits.size() == FILES_MAX || bytes + each.getValue().length > BYTES_MAX) {
                        release(client, edits, changes, table);
                        edits = Json.array();
                        bytes = 0;
                    }
                    edits.add(edit);
                    bytes += each.getValue().length;
                }
            }
            if (!edits.isEmpty()) release(client, edits, changes, table);
            context.answer(Json.object().set("changes", changes), table::text);
            return 0;
        }

        /** The edit that makes the text current; null when it is. */
        private static @Nullable ObjectNode edit(ApiClient client, Coordinate file, byte[] text) {
            long base = 0;
            try {
                FileApi.Content now = new FileApi(client).content(file, null);
                if (Arrays.equals(now.bytes(), text)) return null;
                base = now.release();
            } catch (AttuneException e) {
                if (e.code() != ErrorCode.NOT_FOUND) throw e;
            }
            return Json.object()
                    .put("application", file.application())
                    .put("cluster", file.cluster())
                    .put("file", file.file())
                    .put("base", base)
                    .put("text", Input.text(text, file.toString()));
        }

        private void release(ApiClient client, ArrayNode edits, ArrayNode changes, Table table) {
            JsonNode change = Json.object().put("id", "-").put("state", "dry run");
            if (!dryRun) {
                ObjectNode body = Json.object().put("message", message.isEmpty() ? "Import from " + source : message);
                body.set("edits", edits);
                String base = "/api/v1/envs/" + ApiRequest.encode(environment) + "/changes";
                String id = client.call(ApiRequest.json("POST", base, body))
                        .path("id")
                        .asText();
                change = client.call(ApiRequest.of("POST", base + "/" + id + "/submit"));
                if (change.path("state").asText().equals("APPROVED"))
                    change = client.call(ApiRequest.of("POST", base + "/" + id + "/release"));
            }
            changes.add(change);
            for (JsonNode edit : edits)
                table.row(
                        edit.path("application").asText() + "/"
                                + edit.path("cluster").asText() + "/"
                                + edit.path("file").asText(),
                        change.path("id").asText(),
                        change.path("state").asText());
        }
    }
}
