package dev.attune.server.tuning;

import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.verdict.GuardVerdict;
import dev.attune.tuning.verdict.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What to do about a change that all instances have (tuning §3.7). Pure. */
final class Verification {
    /** A controller that moves at every tick is judged in between, after so many times the usual time. */
    private static final int LONGEST = 10;

    private Verification() {}

    /**
     * What is thought of a change.
     *
     * @param what null while it is watched on
     * @param reason in words
     * @param known whether everything that was asked could be answered; only then a kept value is known to be good
     */
    record Judgement(OutcomeEntry.@Nullable What what, String reason, boolean known) {
        boolean over() {
            return what != null;
        }
    }

    static Judgement judge(
            Standing standing,
            PolicyState.Verifying watched,
            Standing.Target target,
            List<GuardVerdict> verdicts,
            AppView view,
            long nowMillis) {
        String refused = view.refused(standing.target(), target.release());
        if (refused != null) return new Judgement(OutcomeEntry.What.REVERTED, refused, true);
        TuningPolicy policy = standing.policy();
        for (GuardVerdict each : verdicts)
            if (each.verdict().rollsBack() && critical(policy, each))
                return new Judgement(OutcomeEntry.What.REVERTED, words(each), true);
        long verify = policy.action().verifyMillis();
        boolean over = nowMillis - watched.lastMillis() >= verify
                || nowMillis - watched.sinceMillis() >= LONGEST * Math.max(1, verify);
        if (!over) return new Judgement(null, "", false);
        if (verdicts.isEmpty()) return new Judgement(OutcomeEntry.What.KEPT, "no guard was asked", true);
        StringBuilder told = new StringBuilder();
        for (GuardVerdict each : verdicts)
            told.append(told.isEmpty() ? "" : "; ").append(words(each));
        boolean known = verdicts.stream().noneMatch(each -> each.verdict() == Verdict.INCONCLUSIVE);
        return new Judgement(OutcomeEntry.What.KEPT, told.toString(), known);
    }

    private static boolean critical(TuningPolicy policy, GuardVerdict verdict) {
        Optional<GuardSpec> spec = policy.guards().stream()
                .filter(each -> each.guard().name().equals(verdict.guard()))
                .findFirst();
        return spec.isPresent() && spec.get().guard().critical();
    }

    private static String words(GuardVerdict verdict) {
        String change = Double.isFinite(verdict.change())
                ? String.format(Locale.ROOT, " %+.1f %%", verdict.change() * 100)
                : "";
        return verdict.guard() + change + ", " + verdict.reason();
    }
}
