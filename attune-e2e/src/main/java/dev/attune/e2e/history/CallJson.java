package dev.attune.e2e.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two lines of a call: its beginning and its end. */
final class CallJson {
    private CallJson() {}

    static ObjectNode invocation(ObjectNode node, Call call) {
        Action action = call.action();
        node.put("p", call.process()).put("i", call.index()).put("t", "invoke").put("at", call.invokedAt());
        node.put("f", action.name());
        if (action.stale()) node.put("stale", true);
        ArrayNode guards = node.putArray("if");
        for (Action.Guard guard : action.guards())
            guards.addObject().put("k", guard.key()).put("v", guard.expected());
        ArrayNode writes = node.putArray("set");
        for (Action.Write write : action.writes())
            writes.addObject().put("k", write.key()).put("v", write.value());
        ArrayNode reads = node.putArray("get");
        action.reads().forEach(reads::add);
        return node;
    }

    static ObjectNode completion(ObjectNode node, Call call) {
        node.put("p", call.process()).put("i", call.index());
        if (call.completion() instanceof Completion.Failed failed)
            return node.put("t", "fail").put("at", failed.at()).put("err", failed.error());
        if (call.completion() instanceof Completion.Unknown unknown)
            return node.put("t", "info").put("err", unknown.error());
        Completion.Ok ok = (Completion.Ok) call.completion();
        node.put("t", "ok").put("at", ok.at()).put("rev", ok.revision());
        node.put("succeeded", ok.succeeded()).put("changed", ok.changed());
        ArrayNode seen = node.putArray("ret");
        ok.observed()
                .forEach((key, value) ->
                        seen.addObject().put("k", key).put("v", value.value()).put("modRev", value.modRevision()));
        return node;
    }

    static Call call(JsonNode begin, @Nullable JsonNode end) {
        return new Call(
                begin.path("p").asInt(),
                begin.path("i").asLong(),
                action(begin),
                begin.path("at").asLong(),
                completion(end));
    }

    private static Action action(JsonNode node) {
        List<Action.Guard> guards = new ArrayList<>();
        for (JsonNode guard : node.path("if"))
            guards.add(new Action.Guard(guard.path("k").asText(), text(guard.path("v"))));
        List<Action.Write> writes = new ArrayList<>();
        for (JsonNode write : node.path("set"))
            writes.add(new Action.Write(write.path("k").asText(), text(write.path("v"))));
        List<String> reads = new ArrayList<>();
        for (JsonNode read : node.path("get")) reads.add(read.asText());
        return new Action(
                node.path("f").asText(),
                guards,
                writes,
                reads,
                node.path("stale").asBoolean());
    }

    private static Completion completion(@Nullable JsonNode node) {
        if (node == null) return new Completion.Unknown("the recorder died");
        switch (node.path("t").asText()) {
            case "fail":
                return new Completion.Failed(
                        node.path("at").asLong(), node.path("err").asText());
            case "info":
                return new Completion.Unknown(node.path("err").asText());
            default:
                Map<String, Completion.Observed> observed = new LinkedHashMap<>();
                for (JsonNode seen : node.path("ret"))
                    observed.put(
                            seen.path("k").asText(),
                            new Completion.Observed(
                                    text(seen.path("v")), seen.path("modRev").asLong()));
                return new Completion.Ok(
                        node.path("at").asLong(),
                        node.path("rev").asLong(),
                        node.path("succeeded").asBoolean(),
                        node.path("changed").asBoolean(),
                        observed);
        }
    }

    static @Nullable String text(JsonNode node) {
        return node.isNull() || node.isMissingNode() ? null : node.asText();
    }
}
