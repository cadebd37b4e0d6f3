package dev.attune.server.tuning;

import dev.attune.rollout.plan.Deadlines;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.server.policies.GuardTexts;
import dev.attune.server.rollouts.RolloutRequest;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.policy.Action;
import dev.attune.tuning.policy.Policy;
import java.util.ArrayList;
import java.util.List;

/**
 * A climb's trial as a rollout: its first stage is the candidate's group, and lasts until the policy ends it. What wins is
 * promoted, by the stages of the policy's strategy when it has some; everything else is aborted. The stage asks for a verdict,
 * so that it does not pass for want of anybody who ends it: it goes back, or is paused for a person.
 */
final class Trials {
    /** Longer than any trial. */
    private static final long STAGE_MILLIS = Deadlines.MILLIS_MAX;

    private Trials() {}

    static RolloutRequest request(Standing standing, List<Policy> policies, ClimbTick.Trial trial, String message) {
        Strategy.Progressive usual = Releases.progressive(standing, policies);
        List<Stage> stages = new ArrayList<>();
        stages.add(Stage.count(trial.trying(), STAGE_MILLIS, true));
        boolean byStages = standing.policy().action().strategy() == Action.Strategy.PROGRESSIVE;
        if (byStages)
            for (Stage each : usual.stages()) if (each.limit(trial.instances()) > trial.trying()) stages.add(each);
        Strategy.Progressive strategy = new Strategy.Progressive(
                stages,
                usual.tolerance(),
                usual.applyMillis(),
                usual.verdictMillis(),
                byStages ? usual.undecided() : Strategy.Progressive.Undecided.UNDO,
                usual.undoMillis());
        return new RolloutRequest(
                strategy,
                message,
                "",
                Releases.LOST_MILLIS,
                RolloutRequest.Taken.REFUSE,
                GuardTexts.of(standing.policy().guards()));
    }
}
