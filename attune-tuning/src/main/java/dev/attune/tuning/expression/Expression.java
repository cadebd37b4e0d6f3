package dev.attune.tuning.expression;

import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalQuery;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelLateFunctionBindings;
import dev.cel.runtime.CelRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A checked expression. What is missing spreads: a number that rests on a missing signal is missing, and so is a condition
 * unless the rest of it decides alone ({@code missing || true} holds). Safe to share between threads.
 */
public final class Expression {
    private final String text;
    private final List<Selector> selectors;
    private final long longestWindowMillis;
    private final CelRuntime.Program program;
    private final Map<String, Object> variables = new TreeMap<>();

    Expression(String text, Rewriting rewriting, CelRuntime.Program program) {
        this.text = text;
        this.selectors = List.copyOf(rewriting.selectors());
        this.longestWindowMillis = StrictMath.round(rewriting.longestSeconds() * 1_000);
        this.program = program;
        for (int i = 0; i < selectors.size(); i++) variables.put(Rewriting.VARIABLE + i, selectors.get(i));
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /** The series that it reads, for the store to keep. */
    public List<Selector> selectors() {
        return selectors;
    }

    /** The longest window that it names, in milliseconds; 0 for the present alone. */
    public long longestWindowMillis() {
        return longestWindowMillis;
    }

    /** Evaluates at the moment of the query. */
    public Evaluation evaluate(SignalQuery query, Facts facts) {
        List<Evaluation.Input> inputs = new ArrayList<>();
        CelLateFunctionBindings functions =
                CelLateFunctionBindings.from(Language.bindings(new Function.Context(query, facts), inputs));
        try {
            Object result = program.eval(variables, functions);
            double value = result instanceof Boolean holds ? (holds ? 1 : 0) : ((Number) result).doubleValue();
            if (!Double.isFinite(value)) return new Evaluation(Double.NaN, "not a finite number", inputs);
            return new Evaluation(value, "", inputs);
        } catch (CelEvaluationException e) {
            return new Evaluation(Double.NaN, why(e), inputs);
        }
    }

    private static String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof MissingSignalException) return String.valueOf(cause.getMessage());
        return String.valueOf(failure.getMessage());
    }

    @Override
    public String toString() {
        return text;
    }
}
