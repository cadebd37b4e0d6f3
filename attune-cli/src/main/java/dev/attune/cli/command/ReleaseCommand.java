package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings releases to the instances by a rollout. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Release files by a rollout: atomic (everyone at once or nobody; the default), progressive (by stages) or immediate.",
            "With --wait it ends with 0 when committed, 8 when aborted, 9 when rolled back."
        })
final class ReleaseCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "ENV", description = "The environment.")
    String environment = "";

    @Option(
            names = "--put",
            paramLabel = "APP[/CLUSTER]/FILE=LOCAL",
            description = "Release this local file there; may be repeated.")
    Map<String, String> puts = new LinkedHashMap<>();

    @Option(
            names = "--return",
            paramLabel = "APP[/CLUSTER]/FILE=RELEASE",
            description = "Return to this earlier release; may be repeated.")
    Map<String, Long> returns = new LinkedHashMap<>();

    @Option(
            names = "--set",
            paramLabel = "APP[/CLUSTER]/FILE:KEY=VALUE",
            description = "Change a key of a file; may be repeated.")
    Map<String, String> sets = new LinkedHashMap<>();

    @Option(names = "--delete", paramLabel = "APP[/CLUSTER]/FILE", description = "Delete it; may be repeated.")
    List<String> deletes = new ArrayList<>();

    @Mixin
    RolloutOptions how = new RolloutOptions();

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why.")
    String message = "";

    ReleaseCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ApiClient client = context.client();
        JsonNode started = client.call(ApiRequest.json("POST", RolloutCommands.path(environment, ""), body()));
        return how.started(context, client, environment, started);
    }

    private ObjectNode body() throws IOException {
        ObjectNode body = how.body(context, message);
        ArrayNode files = body.putArray("files");
        for (Map.Entry<String, String> put : puts.entrySet()) {
            byte[] text = Input.read(put.getValue(), context.terminal(), context.workingDirectory());
            file(files, put.getKey()).put("text", Input.text(text, put.getValue()));
        }
        Map<String, ObjectNode> changed = new LinkedHashMap<>();
        sets.forEach((where, value) -> {
            int colon = where.indexOf(':');
            if (colon < 1)
                throw new IllegalArgumentException("--set: " + where + " (expected: as in app/file.yaml:key=value)");
            changed.computeIfAbsent(
                            where.substring(0, colon), each -> file(files, each).putObject("set"))
                    .put(where.substring(colon + 1), value);
        });
        for (Map.Entry<String, Long> back : returns.entrySet())
            file(files, back.getKey()).put("release", back.getValue());
        for (String each : deletes) file(files, each).put("delete", true);
        if (files.isEmpty())
            throw new IllegalArgumentException("files: none (expected: --put, --set, --return or --delete)");
        return body;
    }

    private ObjectNode file(ArrayNode files, String address) {
        Coordinate file = FileAddress.parse(environment + "/" + address, null);
        return files.addObject()
                .put("application", file.application())
                .put("cluster", file.cluster())
                .put("file", file.file());
    }
}
