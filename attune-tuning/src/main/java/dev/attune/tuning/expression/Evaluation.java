package dev.attune.tuning.expression;

import dev.attune.tuning.signal.Reading;
import java.util.List;

/**
 * What an expression gave.
 *
 * @param value the number; of a condition 1 when it holds, else 0; not a number when missing
 * @param missing why there is no value; empty when there is one
 * @param inputs what was read from signals, in the order of reading
 */
public record Evaluation(double value, String missing, List<Input> inputs) {
    public Evaluation {
        inputs = List.copyOf(inputs);
    }

    /**
     * One thing that was read.
     *
     * @param question as in the expression, {@code rate(http_total{},60s)}
     */
    public record Input(String question, Reading reading) {}

    public boolean isMissing() {
        return !missing.isEmpty();
    }

    /** Whether a condition holds; what is missing does not. */
    public boolean holds() {
        return !isMissing() && value != 0;
    }
}
