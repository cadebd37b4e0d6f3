package dev.attune.server.verdicts;

import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Places;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.signals.SignalScope;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.verdict.StageEvidence.Canaries;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who is compared with whom in a stage: the instances that it added are the canaries, those that still have the former
 * release are the baseline; who got the release in an earlier stage is on neither side (tuning §3.6).
 *
 * @param byScope the sides, by application
 * @param canaries what became of the canaries
 */
record Sides(SortedMap<SignalScope, SortedMap<String, Cohort>> byScope, Canaries canaries) {
    static Sides of(RolloutRecord record, Map<InstanceRef, Target> targets) {
        String environment = record.environment();
        long before = boundBefore(record, targets);
        SortedMap<SignalScope, SortedMap<String, Cohort>> byScope = new TreeMap<>();
        int[] counts = new int[4];
        targets.forEach((instance, target) -> {
            long place = Places.of(environment, record.number(), instance);
            Cohort side = place > record.at().bound() ? Cohort.BASELINE : place > before ? Cohort.CANARY : Cohort.OTHER;
            byScope.computeIfAbsent(new SignalScope(environment, instance.application()), none -> new TreeMap<>())
                    .put(instance.id(), side);
            if (side == Cohort.CANARY) count(counts, target.progress().state());
        });
        return new Sides(byScope, new Canaries(Math.max(1, counts[0]), counts[1], counts[2], counts[3]));
    }

    private static void count(int[] counts, InstanceState state) {
        counts[0]++;
        if (state == InstanceState.APPLIED) counts[1]++;
        if (state == InstanceState.LOST) counts[2]++;
        if (state == InstanceState.REJECTED || state == InstanceState.FAILED) counts[3]++;
    }

    /** The largest place of those who had the release in the stage before; -1 in the first. */
    private static long boundBefore(RolloutRecord record, Map<InstanceRef, Target> targets) {
        if (record.at().stage() < 1 || !(record.plan().strategy() instanceof Strategy.Progressive progressive))
            return -1;
        long[] places = targets.keySet().stream()
                .mapToLong(each -> Places.of(record.environment(), record.number(), each))
                .sorted()
                .toArray();
        int count = Math.min(progressive.limit(record.at().stage() - 1, places.length), places.length);
        return count == 0 ? -1 : places[count - 1];
    }

    /** Whether every canary has answered, one way or the other; also when the stage added nobody. */
    boolean settled() {
        if (byScope.values().stream().noneMatch(each -> each.containsValue(Cohort.CANARY))) return true;
        return canaries.acknowledged() + canaries.lost() + canaries.rejected() >= canaries.planned();
    }

    /** How many are on a side of an application. */
    long count(SignalScope scope, Cohort side) {
        return byScope.getOrDefault(scope, new TreeMap<>()).values().stream()
                .filter(each -> each == side)
                .count();
    }
}
