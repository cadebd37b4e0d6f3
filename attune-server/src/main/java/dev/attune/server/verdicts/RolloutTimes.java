package dev.attune.server.verdicts;

import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.rollouts.RolloutService.Seen;
import dev.attune.server.signals.SignalScope;
import dev.attune.tuning.signal.Disturbances;
import dev.attune.tuning.signal.Disturbances.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When progressive rollouts ran over each application, guarded or not, as this node saw while it led: the very time of
 * which it keeps signals. Safe to share between threads.
 */
public final class RolloutTimes {
    /** As long as signals are kept in steps. */
    private static final long KEPT_MILLIS = 4L * 3_600_000;

    /** How long it may take until a rollout is seen, and after its end until everybody is as before. */
    private static final long BACK_MILLIS = 10_000;

    private final Map<SignalScope, TreeMap<Long, Span>> spans = new HashMap<>();

    /** Notes which rollouts run now. */
    synchronized void note(List<Seen> running, long nowMillis) {
        for (Seen each : running) {
            RolloutRecord record = each.record();
            if (!(record.plan().strategy() instanceof Strategy.Progressive)) continue;
            each.targets().keySet().stream()
                    .map(InstanceRef::application)
                    .distinct()
                    .map(application -> new SignalScope(record.environment(), application))
                    .forEach(scope -> note(scope, record, nowMillis));
        }
        spans.values().forEach(all -> all.values().removeIf(each -> each.toMillis() < nowMillis - KEPT_MILLIS));
        spans.values().removeIf(Map::isEmpty);
    }

    private void note(SignalScope scope, RolloutRecord record, long nowMillis) {
        // One that waited for others began later than it was made.
        long seen = Math.max(nowMillis - BACK_MILLIS, Math.min(record.times().createdMillis(), nowMillis));
        Span first = new Span(seen, nowMillis + BACK_MILLIS);
        spans.computeIfAbsent(scope, none -> new TreeMap<>())
                .merge(record.number(), first, (known, now) -> new Span(known.fromMillis(), now.toMillis()));
    }

    /** When rollouts other than {@code rollout} ran over an application; 0 for all of them. */
    synchronized Disturbances over(SignalScope scope, long rollout) {
        TreeMap<Long, Span> known = spans.get(scope);
        if (known == null) return Disturbances.NONE;
        List<Span> others = new ArrayList<>();
        known.forEach((number, span) -> {
            if (number != rollout) others.add(span);
        });
        return new Disturbances(others);
    }
}
