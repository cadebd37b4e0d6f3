package dev.attune.server.rollouts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.http.Json;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Rollouts as the API shows them. */
public final class RolloutJson {
    private RolloutJson() {}

    /** The record without its targets. */
    public static ObjectNode record(RolloutRecord record) {
        ObjectNode json = Json.object()
                .put("number", record.number())
                .put("environment", record.environment())
                .put("phase", record.phase().name())
                .put("step", record.step())
                .put("stage", record.at().stage() + 1)
                .put("paused", record.paused())
                .put("ended", record.phase().isEnd())
                .put("reason", record.reason())
                .put("author", record.plan().author())
                .put("message", record.plan().message())
                .put("targets", record.targets())
                .put("created", time(record.times().createdMillis()))
                .put("moved", time(record.times().phaseMillis()));
        if (!record.plan().change().isEmpty()) json.put("change", record.plan().change());
        strategy(json, record.plan().strategy());
        ArrayNode files = json.putArray("files");
        for (FileMove each : record.plan().files())
            files.addObject()
                    .put("application", each.file().application())
                    .put("cluster", each.file().cluster())
                    .put("file", each.file().file())
                    .put("before", each.before())
                    .put("after", each.after());
        return json;
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static void strategy(ObjectNode json, Strategy strategy) {
        if (strategy instanceof Strategy.Atomic atomic) {
            json.put("strategy", "atomic");
            json.put("quorumPercent", atomic.quorum().basisPoints() / 100.0);
        } else if (strategy instanceof Strategy.Progressive progressive) {
            boolean back = progressive.undecided() == Strategy.Progressive.Undecided.UNDO;
            json.put("strategy", "progressive").put("onInconclusive", back ? "revert" : "hold");
            ArrayNode stages = json.putArray("stages");
            for (Stage each : progressive.stages()) {
                ObjectNode stage = stages.addObject();
                if (each.count() > 0) stage.put("count", each.count());
                else stage.put("percent", each.basisPoints() / 100.0);
                stage.put("seconds", each.minimumMillis() / 1000.0).put("judged", each.judged());
            }
        } else {
            json.put("strategy", "immediate");
        }
    }

    /** The record and how many targets are in which state. */
    static ObjectNode seen(RolloutService.Seen seen) {
        ObjectNode json = record(seen.record());
        Map<InstanceState, Integer> counts = new EnumMap<>(InstanceState.class);
        for (Target each : seen.targets().values()) counts.merge(each.progress().state(), 1, Integer::sum);
        json.put("targets", seen.targets().size());
        ObjectNode states = json.putObject("states");
        counts.forEach((state, count) -> states.put(state.name(), count));
        return json;
    }

    static ObjectNode target(InstanceRef instance, InstanceProgress progress) {
        return Json.object()
                .put("application", instance.application())
                .put("id", instance.id())
                .put("state", progress.state().name())
                .put("reason", progress.reason())
                .put("step", progress.step())
                .put("time", time(progress.timeMillis()));
    }
}
