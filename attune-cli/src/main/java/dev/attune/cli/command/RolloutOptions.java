package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.output.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a rollout is to go, and whether to follow it. */
final class RolloutOptions {
    /** The ways to release. */
    enum Strategy {
        atomic,
        progressive,
        immediate,
        policy
    }

    /** What follows when a stage cannot be judged in time. */
    enum Inconclusive {
        hold,
        revert
    }

    /** What to do when another rollout moves a file. */
    enum Taken {
        refuse,
        queue,
        override
    }

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = {
                "How: ${COMPLETION-CANDIDATES}. policy goes as the rollout policy of a changed key says, and so does",
                "what names no strategy; where there is none, that is atomic."
            })
    @Nullable Strategy strategy;

    @Option(names = "--quorum", paramLabel = "PERCENT", description = "atomic: how many must go along; 100.")
    @Nullable Integer quorum;

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

    @Option(
            names = "--on-inconclusive",
            paramLabel = "WHAT",
            description =
                    "progressive: when nobody can tell in time, ${COMPLETION-CANDIDATES}; hold waits for a person.")
    @Nullable Inconclusive inconclusive;

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

    @Option(names = "--wait", description = "Follow it to its end.")
    boolean wait;

    /** Whether anything was said that only a rollout can do. */
    boolean given() {
        return strategy != null
                || wait
                || !stages.isEmpty()
                || !guards.isEmpty()
                || guardFile != null
                || webhook != null;
    }

    /** The body that starts a rollout, without files. */
    ObjectNode body(Context context, String message) throws IOException {
        ObjectNode body = Json.object().put("taken", taken.name());
        if (strategy != null) body.put("strategy", strategy.name());
        if (!message.isEmpty()) body.put("message", message);
        if (quorum != null) body.put("quorumPercent", quorum);
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
        if (inconclusive != null) body.putObject("tolerance").put("inconclusive", inconclusive.name());
        String judgedBy = guardText(context);
        if (!judgedBy.isEmpty()) body.put("guards", judgedBy);
        return body;
    }

    private String guardText(Context context) throws IOException {
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

    /** Tells what was started, or follows it; returns what the command ends with. */
    int started(Context context, ApiClient client, String environment, JsonNode started) throws InterruptedException {
        String number = started.path("number").asText();
        if (wait) {
            if (!context.json()) context.terminal().say("rollout " + number + " of " + environment + " started");
            return new RolloutView(context, RolloutCommands.path(environment, "/" + number), false).follow(client);
        }
        context.answer(
                started, () -> "rollout " + number + " started; attune rollout watch " + environment + " " + number);
        return 0;
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
