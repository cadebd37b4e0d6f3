package dev.attune.rollout.coordinate;

import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the targets stand to what the present phase asks.
 *
 * @param lost how many are lost
 * @param refused how many rejected it or failed
 * @param open who has not answered, in order of their names
 * @param first one that does not go along, with its reason; empty when there is none
 */
record Tally(int targets, int lost, int refused, List<InstanceRef> open, String first) {
    Tally {
        open = List.copyOf(open);
    }

    static Tally of(View view) {
        int lost = 0;
        int refused = 0;
        String first = "";
        List<InstanceRef> open = new ArrayList<>();
        for (Map.Entry<InstanceRef, Target> entry : view.instances().entrySet()) {
            InstanceProgress progress = entry.getValue().progress();
            if (Asks.of(view.record(), entry.getKey(), progress).isPresent()) open.add(entry.getKey());
            if (!progress.state().isRefusal()) continue;
            if (progress.state() == InstanceState.LOST) lost++;
            else refused++;
            if (first.isEmpty()) first = entry.getKey() + " " + progress.state() + ": " + progress.reason();
        }
        return new Tally(view.instances().size(), lost, refused, open, first);
    }

    /** Why the rollout cannot go on when {@code unanswered} more are lost; nothing when it can. */
    Optional<String> broken(Strategy strategy, int unanswered) {
        boolean broken = strategy.match(new Strategy.Cases<Boolean>() {
            @Override
            public Boolean atomic(Strategy.Atomic atomic) {
                Quorum quorum = atomic.quorum();
                return !quorum.isReachable(lost + refused + unanswered, targets);
            }

            @Override
            public Boolean progressive(Strategy.Progressive progressive) {
                Strategy.Tolerance tolerance = progressive.tolerance();
                return lost + unanswered > tolerance.lostMax() || refused > tolerance.refusedMax();
            }

            @Override
            public Boolean immediate(Strategy.Immediate immediate) {
                return false;
            }
        });
        if (!broken) return Optional.empty();
        String silent = unanswered == 0 ? "" : unanswered + " without answer in time, " + open.get(0) + " for one; ";
        return Optional.of(silent + lost + " lost and " + refused + " refused of " + targets
                + (first.isEmpty() ? "" : "; " + first));
    }
}
