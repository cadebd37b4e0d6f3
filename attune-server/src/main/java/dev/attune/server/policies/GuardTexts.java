package dev.attune.server.policies;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.server.http.Json;
import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.verdict.Guard;
import java.util.List;
import java.util.Locale;

/** The guards of a policy as the text that a rollout is judged by: JSON, which is YAML too. */
public final class GuardTexts {
    private GuardTexts() {}

    /** Empty without guards. */
    public static String of(List<GuardSpec> guards) {
        if (guards.isEmpty()) return "";
        ObjectNode holder = Json.object();
        ArrayNode array = holder.putArray("guards");
        for (GuardSpec each : guards) {
            Guard guard = each.guard();
            ObjectNode json = array.addObject()
                    .put("name", guard.name())
                    .put("worse", guard.worse().name().toLowerCase(Locale.ROOT))
                    .put("scale", guard.scale().name().toLowerCase(Locale.ROOT))
                    .put("margin", guard.margin())
                    .put("critical", guard.critical());
            if (!Double.isNaN(guard.limit())) json.put("limit", guard.limit());
            if (each instanceof GuardSpec.Level level) {
                json.put("expr", level.expression().text());
            } else if (each instanceof GuardSpec.Events events) {
                ArrayNode counts = json.putArray("counts").add(events.events().toString());
                Selector exposure = events.exposure();
                if (exposure != null) counts.add(exposure.toString());
            } else {
                json.put("newErrorTemplate", true);
            }
        }
        return Json.write(holder).toUtf8();
    }
}
