package dev.attune.server.verdicts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.http.Json;
import dev.attune.server.rollouts.GuardCheck;
import dev.attune.server.signals.SignalNode;
import dev.attune.server.signals.SignalScope;
import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.policy.StageReadings;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Whether enough is known to judge by guards: a comparison needs what the instances measured before the change, while no
 * other rollout made some of them differ. What is asked for is kept from then on, for a day, so that who is refused can try again a little later.
 */
public final class Warmth implements GuardCheck {
    /** Points before the change that half of the instances, and two, must have of each level. */
    static final int POINTS_MIN = 30;

    private static final long KEPT_MILLIS = 24L * 3_600_000;
    private static final String ASK = "guards";

    private final SignalNode node;
    private final Guards guards;
    private final RolloutTimes times;
    private final Clock clock;

    public Warmth(SignalNode node, Guards guards, RolloutTimes times, Clock clock) {
        this.node = node;
        this.guards = guards;
        this.times = times;
        this.clock = clock;
        node.answer(ASK, (scope, asked) -> answer(scope, asked.path(ASK).asText()));
    }

    @Override
    public CompletableFuture<Void> check(String environment, Collection<String> applications, String text) {
        guards.read(text);
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (String application : applications)
            all = all.thenCompose(done -> check(new SignalScope(environment, application), text));
        return all;
    }

    private CompletableFuture<Void> check(SignalScope scope, String text) {
        ObjectNode question = Json.object()
                .put("ask", ASK)
                .put("environment", scope.environment())
                .put("application", scope.application())
                .put(ASK, text);
        return node.ask(Json.write(question)).thenAccept(answer -> {
            for (JsonNode each : Json.tree(answer).path("cold"))
                throw new AttuneException(
                        ErrorCode.FAILED_PRECONDITION,
                        "guard " + each.path("guard").asText() + ": "
                                + each.path("points").asInt()
                                + " points before the change are known of half of the instances of "
                                + scope + " (expected: " + POINTS_MIN + "); they are kept from now on, try again in "
                                + each.path("seconds").asLong() + " s.");
        });
    }

    private ObjectNode answer(SignalScope scope, String text) {
        List<GuardSpec> specs = guards.read(text);
        long now = clock.millis();
        node.signals().want(scope, "guards/" + text.hashCode(), Guards.selectors(specs), now + KEPT_MILLIS);
        ObjectNode json = Json.object();
        ArrayNode cold = json.putArray("cold");
        // Without instances nobody can be compared, and nothing can go wrong.
        if (node.signals().fleet(scope).size() == 0) return json;
        for (GuardSpec each : specs) {
            if (!(each instanceof GuardSpec.Level level)) continue;
            int known = Evidence.knownBefore(node.signals(), scope, level, times.over(scope, 0), now);
            if (known >= POINTS_MIN) continue;
            long point = Evidence.pointMillis(each);
            long starting = known == 0 ? StageReadings.STARTING_MILLIS : 0;
            cold.addObject()
                    .put("guard", each.guard().name())
                    .put("points", known)
                    .put("seconds", ((POINTS_MIN - known + 2) * point + starting) / 1_000);
        }
        return json;
    }
}
