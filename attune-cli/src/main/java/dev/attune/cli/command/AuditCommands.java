package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Table;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who changed what. */
final class AuditCommands {
    private static final String PATH = "/api/v1/audit/settings";

    private AuditCommands() {}

    static CommandLine create(Context context) {
        CommandLine audit = Commands.group("audit", "Who changed what, and whether that record is intact.");
        audit.addSubcommand("list", new ListRecords(context));
        audit.addSubcommand("verify", new Verify(context));
        audit.addSubcommand("settings", new Settings(context));
        return audit;
    }

    @Command(mixinStandardHelpOptions = true, description = "List the newest records.")
    static final class ListRecords implements Callable<Integer> {
        private final Context context;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "How many (default: 50).")
        int limit;

        @Option(names = "--before", paramLabel = "N", description = "Only records with smaller numbers.")
        long before;

        ListRecords(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = context.client().get("/api/v1/audit?limit=" + limit + "&before=" + before);
            context.answer(answer, () -> {
                Table table = Table.of("NUMBER", "TIME", "WHO", "ACTION", "TARGET", "DETAIL");
                for (JsonNode each : answer.path("records"))
                    table.row(
                            each.path("number").asLong(),
                            Times.show(each.path("time").asText()),
                            each.path("who").asText(),
                            each.path("action").asText(),
                            each.path("target").asText(),
                            each.path("detail").asText());
                return table.text();
            });
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Check every record against the chain of hashes; fails when one was altered or removed.")
    record Verify(Context context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode verdict = context.client().get("/api/v1/audit/verify");
            context.answer(
                    verdict,
                    () -> verdict.path("intact").asBoolean()
                            ? "intact: " + verdict.path("records").asLong() + " records, head "
                                    + verdict.path("head").asText()
                            : "");
            if (!verdict.path("intact").asBoolean())
                throw new AttuneException(
                        ErrorCode.FAILED_PRECONDITION,
                        "not intact: " + verdict.path("problem").asText());
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Show or set what is recorded besides what always is.",
                "Recording raw keys and leases about doubles the work of each of their changes."
            })
    static final class Settings implements Callable<Integer> {
        private final Context context;

        @Option(names = "--keys", paramLabel = "on|off", description = "Record changes of raw keys and leases.")
        @Nullable String keys;

        Settings(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String wanted = keys;
            if (wanted != null && !wanted.equals("on") && !wanted.equals("off"))
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "--keys: " + wanted + " (expected: on or off)");
            JsonNode now = wanted == null
                    ? context.client().get(PATH)
                    : context.client()
                            .call(ApiRequest.json("PUT", PATH, Json.object().put("keys", wanted.equals("on"))));
            context.answer(now, () -> "keys: " + (now.path("keys").asBoolean() ? "on" : "off"));
            return 0;
        }
    }
}
