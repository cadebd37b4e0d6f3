package dev.attune.tuning.backtest;

import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Decision;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.Outcome;
import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.Budget;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Refusal;
import dev.attune.tuning.policy.PolicyInputs;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.SignalQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Decides every tick of a recorded time anew, as if the policy had been allowed to act. Open loop: what was measured does
 * not answer to what would have been changed, so it tells how often a policy would have fired and what would have stopped
 * it, not how well the value would have done.
 */
public final class Backtest {
    /** Most ticks of one run. */
    public static final int TICKS_MAX = 10_000;

    private static final int CHANGES_TOLD = 200;

    private Backtest() {}

    /**
     * What would have been.
     *
     * @param ticks how many were decided
     * @param changes how many changes would have been made
     * @param told the first of them
     * @param codes how often each guard refused, by code; and how often {@code NOTHING} was wanted
     * @param low the least number the key would have had; not a number for words
     * @param high the greatest
     */
    public record Report(
            int ticks, int changes, List<Change> told, SortedMap<String, Integer> codes, double low, double high) {
        public Report {
            told = List.copyOf(told);
            codes = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(codes));
        }
    }

    /** A change that would have been made. */
    public record Change(long atMillis, Setting from, Setting to, String reason) {}

    /**
     * Runs.
     *
     * @param query the signals; asked at each tick
     * @param facts given the value that the key would have, answers what expressions ask besides
     * @param start the value at the begin
     */
    public static Report run(
            TuningPolicy policy,
            Decider decider,
            SignalQuery query,
            Function<Setting, Facts> facts,
            Setting start,
            Span span) {
        long tickMillis = policy.rhythm().tickMillis();
        long count = Math.max(0, (span.toMillis() - span.fromMillis()) / tickMillis);
        if (count > TICKS_MAX)
            throw new IllegalArgumentException("ticks: " + count + " (expected: <= " + TICKS_MAX + ")");
        Memory memory = Memory.start(policy.rhythm().changesPerHour(), span.fromMillis());
        Budget budget = Budget.full(20, span.fromMillis());
        Setting current = start;
        List<Change> told = new ArrayList<>();
        TreeMap<String, Integer> codes = new TreeMap<>();
        double low = start.number();
        double high = start.number();
        int changes = 0;
        for (long i = 1; i <= count; i++) {
            long now = span.fromMillis() + i * tickMillis;
            PolicyInputs inputs = PolicyInputs.read(policy, query.at(now), facts.apply(current));
            GuardFacts around = GuardFacts.none(now)
                    .held("", "", policy.frozen(now))
                    .binding(inputs.binding())
                    .budgets(budget.at(now), Budget.full(60, now));
            Tick tick = new Tick(now, tickMillis, Mode.AUTO, current, start, 1, inputs.signals(), around);
            Decision decision = decider.decide(tick, memory);
            memory = decision.after();
            if (decision.applies()) {
                Setting to = decision.guards().to();
                if (changes++ < CHANGES_TOLD)
                    told.add(new Change(now, current, to, decision.proposal().reason()));
                current = to;
                if (!decision.proposal().urgent()) budget = budget.at(now).spend();
                low = Math.min(low, to.number());
                high = Math.max(high, to.number());
            } else {
                Refusal refusal = decision.guards().refusal();
                String code = refusal != null
                        ? refusal.name()
                        : decision.outcome() == Outcome.RECOMMENDED ? Refusal.TRIPPED.name() : "NOTHING";
                codes.merge(code, 1, Integer::sum);
            }
        }
        return new Report((int) count, changes, told, codes, low, high);
    }

    /** A recorded time. */
    public record Span(long fromMillis, long toMillis) {
        public Span {
            if (fromMillis < 0 || toMillis < fromMillis)
                throw new IllegalArgumentException("span: " + fromMillis + ".." + toMillis + " (expected: rising)");
        }
    }
}
