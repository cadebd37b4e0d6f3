package dev.attune.server.policies;

import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.tuning.policy.RolloutPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * How a rollout policy has a change of its keys brought.
 *
 * @param policy its name
 * @param key the first key of the change that it is about
 * @param guards the text of the guards by which stages are judged; empty for none
 */
public record PolicyRollout(String policy, String key, Strategy.Progressive strategy, String guards) {
    private static final long PHASE_MILLIS = 30_000;
    private static final long STAGE_MILLIS = 180_000;
    private static final int BASIS_POINTS = 10_000;

    /** By the stages of the policy; at the end all instances have the change and are watched. */
    public static Strategy.Progressive strategy(RolloutPolicy policy, boolean judged) {
        List<Stage> stages = new ArrayList<>();
        for (RolloutPolicy.Stage each : policy.stages())
            if (each.share() < 1)
                stages.add(new Stage(each.instances(), basisPoints(each.share()), policy.stageMillisMin(), judged));
        if (policy.bakeMillis() > 0) stages.add(new Stage(0, BASIS_POINTS, policy.bakeMillis(), judged));
        if (stages.isEmpty()) stages.add(new Stage(0, BASIS_POINTS, policy.stageMillisMin(), judged));
        long verdict = Math.max(1, policy.deadlineMillis() - policy.stageMillisMin());
        return progressive(
                stages,
                verdict,
                policy.rollBackWhenInconclusive()
                        ? Strategy.Progressive.Undecided.UNDO
                        : Strategy.Progressive.Undecided.PAUSE);
    }

    /** Where no policy says otherwise: one instance, a tenth, three tenths. */
    public static Strategy.Progressive usual(boolean judged) {
        return progressive(
                List.of(
                        Stage.count(1, STAGE_MILLIS, judged),
                        Stage.percent(10, STAGE_MILLIS, judged),
                        Stage.percent(30, STAGE_MILLIS, judged)),
                10 * STAGE_MILLIS,
                Strategy.Progressive.Undecided.PAUSE);
    }

    private static int basisPoints(double share) {
        return (int) StrictMath.round(share * BASIS_POINTS);
    }

    private static Strategy.Progressive progressive(
            List<Stage> stages, long verdictMillis, Strategy.Progressive.Undecided undecided) {
        return new Strategy.Progressive(
                stages, Strategy.Tolerance.NONE, PHASE_MILLIS, verdictMillis, undecided, PHASE_MILLIS);
    }
}
