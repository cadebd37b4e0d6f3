package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        mixinStandardHelpOptions = true,
        description = "Show what an instance would get, and which layer gives each key.")
final class EffectiveCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "ENV/APP", description = "The application.")
    String address = "";

    @Option(names = "--cluster", paramLabel = "NAME", description = "Where the instance's lookup starts.")
    String cluster = "default";

    @Option(names = "--data-centre", paramLabel = "NAME", description = "Second place of its lookup.")
    String dataCentre = "";

    @Option(names = "--instance", paramLabel = "ID", description = "Its id, for rules with a share.")
    String instance = "anonymous";

    @Option(names = "--ip", paramLabel = "IP", description = "Its address.")
    String ip = "";

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "One of its labels; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    EffectiveCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String[] parts = address.split("/", -1);
        if (parts.length != 2) throw new IllegalArgumentException("application: " + address + " (expected: env/app)");
        StringJoiner pairs = new StringJoiner(",");
        labels.forEach((key, value) -> pairs.add(key + "=" + value));
        JsonNode answer = context.client()
                .get("/api/v1/envs/" + ApiRequest.encode(parts[0]) + "/apps/" + ApiRequest.encode(parts[1])
                        + "/effective?cluster=" + ApiRequest.encode(cluster) + "&dataCentre="
                        + ApiRequest.encode(dataCentre) + "&instance=" + ApiRequest.encode(instance) + "&ip="
                        + ApiRequest.encode(ip) + "&labels=" + ApiRequest.encode(pairs.toString()));
        context.answer(answer, () -> {
            Table table = Table.of("FILE", "KEY", "VALUE", "LAYER");
            for (JsonNode file : answer.path("files"))
                for (JsonNode key : file.path("keys"))
                    table.row(
                            file.path("file").asText(),
                            key.path("key").asText(),
                            key.path("value").asText(),
                            key.path("layer").asText());
            return table.text();
        });
        return 0;
    }
}
