package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.api.EventStream;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.SafeText;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        mixinStandardHelpOptions = true,
        description =
                "Print changes of keys as they happen, until Ctrl-C; survives losses of the connection without gaps.")
final class KvWatchCommand implements Callable<Integer> {
    private final Context context;
    private String lastId = "";

    @Parameters(index = "0", arity = "0..1", paramLabel = "PREFIX", description = "Default: all keys.")
    String prefix = "";

    @Option(names = "--exact", description = "Only the key PREFIX itself.")
    boolean exact;

    @Option(names = "--from", paramLabel = "R", description = "From this revision on (default: what comes after now).")
    long from;

    @Option(names = "--count", paramLabel = "N", description = "End after so many changes.")
    long count;

    KvWatchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        ApiClient client = context.client();
        String path = "/api/v1/watch?from=" + from + (exact ? "&key=" : "&prefix=") + ApiRequest.encode(prefix);
        long seen = 0;
        while (true) {
            ApiRequest request = ApiRequest.get(path).stream();
            if (!lastId.isEmpty()) request = request.with("Last-Event-ID", lastId);
            try (var events = new EventStream(client.send(request).body())) {
                for (var event = events.next(); event != null; event = events.next()) {
                    seen += show(event, count == 0 ? Long.MAX_VALUE : count - seen);
                    if (!event.id().isEmpty()) lastId = event.id();
                    if (count > 0 && seen >= count) return 0;
                }
            } catch (IOException e) {
                context.terminal().say("attune: the connection broke; going on after revision " + lastId);
            }
            Thread.sleep(200);
        }
    }

    private long show(EventStream.ServerEvent event, long room) {
        JsonNode data = Json.parse(event.data().getBytes(StandardCharsets.UTF_8));
        if (event.type().equals("cancelled")) {
            boolean compacted = data.path("code").asText().equals(ErrorCode.COMPACTED.name());
            throw new AttuneException(
                    compacted ? ErrorCode.COMPACTED : ErrorCode.UNAVAILABLE,
                    data.path("detail").asText());
        }
        if (!event.type().equals("change")) return 0;
        long shown = 0;
        for (JsonNode change : data.path("events")) {
            if (shown == room) break;
            shown++;
            if (context.json()) {
                context.terminal().print(Json.line(change));
            } else {
                String value =
                        change.path("type").asText().equals("put") ? " = " + KvCommands.show(change, "value") : "";
                context.terminal()
                        .print(data.path("revision").asLong() + " "
                                + change.path("type").asText() + " "
                                + SafeText.line(KvCommands.show(change, "key") + value));
            }
        }
        return shown;
    }
}
