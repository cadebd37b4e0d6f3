package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import dev.attune.cli.source.KeyValueSource;
import dev.attune.cli.source.KeyValueTarget;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Release keys read from a .env, properties, YAML or JSON file, the environment, or a folder of files.",
            "From a folder, each file in it is released under its own name."
        })
final class ImportCommand implements Callable<Integer> {
    private static final String PROCESS_ENVIRONMENT = "env:";

    private final Context context;

    @Mixin
    FileArgument argument = new FileArgument();

    @Parameters(
            index = "1",
            paramLabel = "SOURCE",
            description = "A file, - for standard input, env: for the process environment, or a folder (then the"
                    + " address is ENV/APP).")
    String source = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES} (default: by the source's name).")
    @Nullable KeyValueSource format;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Only keys that start with it, which is cut off.")
    String prefix = "";

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why.")
    String message = "";

    @Option(names = "--dry-run", description = "Print what would be released.")
    boolean dryRun;

    ImportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path path = context.workingDirectory().resolve(source.equals(PROCESS_ENVIRONMENT) ? "-" : source);
        boolean folder = !source.equals("-") && Files.isDirectory(path);
        Map<Coordinate, byte[]> files = folder ? folder(path) : Map.of(argument.file(), single());
        if (dryRun) {
            files.forEach((file, text) -> context.terminal()
                    .print("# " + FileAddress.show(file) + "\n" + new String(text, StandardCharsets.UTF_8)));
            return 0;
        }
        release(files);
        return 0;
    }

    private void release(Map<Coordinate, byte[]> files) {
        var api = new FileApi(context.client());
        ArrayNode releases = Json.array();
        var table = Table.of("FILE", "RELEASE", "REVISION");
        String why = message.isEmpty() ? "imported from " + source : message;
        try (var progress = context.terminal().progress("importing files", files.size())) {
            files.forEach((file, text) -> {
                JsonNode release = api.put(file, text, why, null);
                releases.add(release);
                table.row(
                        FileAddress.show(file),
                        FileApi.release(release),
                        release.path("revision").asLong());
                progress.at(releases.size());
            });
        }
        context.answer(Json.object().set("releases", releases), table::text);
    }

    private byte[] single() throws IOException {
        Coordinate file = argument.file();
        if (source.equals(PROCESS_ENVIRONMENT)) {
            return written(KeyValueSource.environment(context.environment(), prefix), file.file());
        }
        byte[] bytes = Input.read(source, context.terminal(), context.workingDirectory());
        KeyValueSource from =
                format != null ? format : KeyValueSource.ofName(source.equals("-") ? file.file() : source);
        Map<String, String> keys = from.read(Input.text(bytes, source));
        // Bytes of the same format stay as they are, with their comments.
        boolean same = from == KeyValueSource.ofName(file.file()) && from != KeyValueSource.DOTENV;
        if (same && prefix.isEmpty()) return bytes;
        var kept = new LinkedHashMap<String, String>();
        keys.forEach((key, value) -> {
            if (key.startsWith(prefix) && key.length() > prefix.length())
                kept.put(key.substring(prefix.length()), value);
        });
        return written(kept, file.file());
    }

    private byte[] written(Map<String, String> keys, String fileName) {
        if (keys.isEmpty()) {
            String which = prefix.isEmpty() ? "" : " start with '" + prefix + "'";
            throw new IllegalArgumentException("source: no keys" + which + " (expected: at least one)");
        }
        return KeyValueTarget.write(keys, fileName).getBytes(StandardCharsets.UTF_8);
    }

    private Map<Coordinate, byte[]> folder(Path folder) throws IOException {
        if (!prefix.isEmpty() || format != null) {
            throw new IllegalArgumentException("--prefix, --format: not for a folder (expected: files as they are)");
        }
        List<Path> paths;
        try (var listed = Files.list(folder)) {
            paths = listed.filter(Files::isRegularFile)
                    .filter(path -> !name(path).startsWith("."))
                    .sorted()
                    .toList();
        }
        if (paths.isEmpty()) throw new IllegalArgumentException("folder: " + source + " holds no files");
        String base = argument.address.endsWith("/") ? argument.address : argument.address + "/";
        var files = new LinkedHashMap<Coordinate, byte[]>();
        for (Path path : paths) {
            files.put(
                    FileAddress.parse(base + name(path), argument.cluster),
                    Input.read(path.toString(), context.terminal(), context.workingDirectory()));
        }
        return files;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
