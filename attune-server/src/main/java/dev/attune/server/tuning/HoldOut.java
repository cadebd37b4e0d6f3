package dev.attune.server.tuning;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.kv.KeyValue;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.server.http.Json;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.tuning.policy.Action;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * A change at once from which a fifth of the instances, at least two, is kept for a while, so that there is somebody to
 * compare with (tuning §3.7). It is a rollout of one stage, which the judge of rollouts may turn round, and which goes on
 * when its time is over.
 */
final class HoldOut {
    private static final int INSTANCES_MIN = 4;
    private static final int KEPT_MIN = 2;
    private static final double KEPT_SHARE = 0.2;
    private static final int BASIS_POINTS = 10_000;
    private static final int POINTS_MIN = 3;
    private static final long PHASE_MILLIS = 30_000;

    private HoldOut() {}

    /**
     * Whether a change is held from some.
     *
     * @param urgent whether it relieves a hard goal in danger: that is for all
     */
    static boolean applies(Standing standing, AppView view, boolean urgent) {
        return asked(standing) && !urgent && view.following(standing.target()) >= INSTANCES_MIN;
    }

    /** Whether the policy asks for it. */
    static boolean asked(Standing standing) {
        Action action = standing.policy().action();
        return action.strategy() == Action.Strategy.IMMEDIATE && action.holdoutMillis() > 0;
    }

    static Strategy.Progressive strategy(Standing standing, AppView view) {
        int instances = view.following(standing.target());
        int kept = Math.max(KEPT_MIN, (int) StrictMath.ceil(KEPT_SHARE * instances));
        int share = BASIS_POINTS * (instances - kept) / instances;
        Stage stage = new Stage(0, share, standing.policy().action().holdoutMillis(), false);
        return new Strategy.Progressive(
                List.of(stage),
                Strategy.Tolerance.NONE,
                PHASE_MILLIS,
                PHASE_MILLIS,
                Strategy.Progressive.Undecided.UNDO,
                PHASE_MILLIS);
    }

    /**
     * What the comparison showed.
     *
     * @param known whether every guard could be compared
     */
    record Shown(String words, boolean known) {}

    static CompletableFuture<Shown> shown(Reads reads, Standing standing, PolicyState.Moving moving) {
        String environment = standing.id().environment();
        return reads.range(RolloutKeys.evidence(environment, moving.rollout()), ReadLevel.STALE)
                .thenApply(found -> shown(standing, moving, found));
    }

    private static Shown shown(Standing standing, PolicyState.Moving moving, List<KeyValue> found) {
        if (found.isEmpty()) return new Shown("some were held out, but nobody compared", false);
        JsonNode last = Json.tree(found.get(found.size() - 1).value());
        StringBuilder words = new StringBuilder();
        int kept = 0;
        boolean known = true;
        for (JsonNode application : last.path("applications")) {
            kept += application.path("baseline").size();
            for (JsonNode tile : application.path("guards")) {
                words.append(words.isEmpty() ? "" : "; ").append(words(tile));
                known &= tile.path("points").asInt() >= POINTS_MIN;
            }
        }
        if (kept == 0)
            return new Shown("nobody was held out in the end: before/after, not controlled: " + words, false);
        String seconds = standing.policy().action().holdoutMillis() / 1_000 + " s";
        String against = kept + (kept == 1 ? " instance" : " instances") + " that kept " + moving.from();
        return new Shown("compared for " + seconds + " with " + against + ": " + words, known && !words.isEmpty());
    }

    private static String words(JsonNode tile) {
        String text = tile.path("guard").asText();
        if (tile.has("change"))
            text += String.format(Locale.ROOT, " %+.1f %%", tile.path("change").asDouble() * 100);
        if (tile.has("lower") && tile.has("upper"))
            text += String.format(
                    Locale.ROOT,
                    " (%+.1f to %+.1f)",
                    tile.path("lower").asDouble() * 100,
                    tile.path("upper").asDouble() * 100);
        return text + ", " + tile.path("reason").asText();
    }
}
