package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings releases to the instances by a rollout. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Release files by a rollout: atomic (everyone at once or nobody), progressive (by stages) or immediate.",
            "With --wait it ends with 0 when committed, 8 when aborted, 9 when rolled back."
        })
final class ReleaseCommand implements Callable<Integer> {
    /** The ways to release. */
    enum Strategy {
        atomic,
        progressive,
        immediate
    }

    /** What to do when another rollout moves a file. */
    enum Taken {
        refuse,
        queue,
        override
    }

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
            names = "--strategy",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} when not given.")
    Strategy strategy = Strategy.atomic;

    @Option(names = "--quorum", paramLabel = "PERCENT", description = "atomic: how many must go along; 100.")
    int quorum = 100;

    @Option(
            names = "--stage",
            paramLabel = "N|N%[:SECONDS]",
            description = "progressive: a stage of so many instances, and how long it lasts at least; may be repeated.")
    List<String> stages = new ArrayList<>();

    @Option(
            names = "--guard",
            paramLabel = "GUARD",
            description = {
                "progressive: judge each stage by it; may be repeated. NAME=EXPRESSION, NAME=counts:EVENTS/OF-HOW-MANY",
                "or new-errors, then as wanted ;margin=10%%;worse=up|down;limit=2;info (told, but rolls nothing back)."
            })
    List<String> guards = new ArrayList<>();

    @Option(
            names = "--guards",
            paramLabel = "LOCAL",
            description = "progressive: judge each stage by the guards of this file or policy.")
    @Nullable String guardFile;

    @Option(names = "--deadline", paramLabel = "SECONDS", description = "How long each phase may take; 30.")
    double deadline = 30;

    @Option(names = "--lost-after", paramLabel = "SECONDS", description = "When an absent instance is lost; 20.")
    double lostAfter = 20;

    @Option(
            names = "--taken",
            paramLabel = "WHAT",
            description = "When another rollout moves a file: ${COMPLETION-CANDIDATES}.")
    Taken taken = Taken.refuse;

    @Option(names = "--webhook", paramLabel = "URL", description = "Tell the end to this address.")
    @Nullable String webhook;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why.")
    String message = "";

    @Option(names = "--wait", description = "Follow it to its end.")
    boolean wait;

    ReleaseCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ApiClient client = context.client();
        String path = RolloutCommands.path(environment, "");
        JsonNode started = client.call(ApiRequest.json("POST", path, body()));
        String number = started.path("number").asText();
        if (wait) {
            if (!context.json()) context.terminal().say("rollout " + number + " of " + environment + " started");
            return new RolloutView(context, path + "/" + number, false).follow(client);
        }
        context.answer(
                started, () -> "rollout " + number + " started; attune rollout watch " + environment + " " + number);
        return 0;
    }

    private ObjectNode body() throws IOException {
        ObjectNode body = Json.object()
                .put("message", message)
                .put("strategy", strategy.name())
                .put("taken", taken.name());
        if (strategy == Strategy.atomic) body.put("quorumPercent", quorum);
        if (webhook != null) body.put("webhook", webhook);
        body.putObject("seconds")
                .put("prepare", deadline)
                .put("stage", deadline)
                .put("apply", deadline)
                .put("undo", deadline)
                .put("lost", lostAfter);
        if (!stages.isEmpty()) {
            ArrayNode all = body.putArray("stages");
            for (String each : stages) stage(all.addObject(), each);
        }
        String judgedBy = guardText();
        if (!judgedBy.isEmpty()) body.put("guards", judgedBy);
        ArrayNode files = body.putArray("files");
        for (Map.Entry<String, String> put : puts.entrySet()) {
            byte[] text = Input.read(put.getValue(), context.terminal(), context.workingDirectory());
            file(files, put.getKey()).put("text", Input.text(text, put.getValue()));
        }
        for (Map.Entry<String, Long> back : returns.entrySet())
            file(files, back.getKey()).put("release", back.getValue());
        if (files.isEmpty()) throw new IllegalArgumentException("files: none (expected: --put or --return)");
        return body;
    }

    private String guardText() throws IOException {
        if (guardFile != null && !guards.isEmpty())
            throw new IllegalArgumentException("--guard, --guards: both (expected: one of them)");
        if (guardFile != null)
            return Input.text(Input.read(guardFile, context.terminal(), context.workingDirectory()), guardFile);
        if (guards.isEmpty()) return "";
        ObjectNode text = Json.object();
        ArrayNode all = text.putArray("guards");
        guards.forEach(each -> all.add(GuardOption.parse(each)));
        return Json.line(text);
    }

    private ObjectNode file(ArrayNode files, String address) {
        Coordinate file = FileAddress.parse(environment + "/" + address, null);
        return files.addObject()
                .put("application", file.application())
                .put("cluster", file.cluster())
                .put("file", file.file());
    }

    /** Reads {@code 1}, {@code 10%} or {@code 10%:60}. */
    static void stage(ObjectNode stage, String text) {
        String[] parts = text.split(":", -1);
        try {
            if (parts.length > 2) throw new NumberFormatException(text);
            if (parts[0].endsWith("%"))
                stage.put("percent", Double.parseDouble(parts[0].substring(0, parts[0].length() - 1)));
            else stage.put("count", Integer.parseInt(parts[0]));
            if (parts.length == 2) stage.put("seconds", Double.parseDouble(parts[1]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--stage: " + text + " (expected: as in 1, 10% or 10%:60)", e);
        }
    }
}
