package dev.attune.tuning.signal;

/**
 * The answer to a question about signals: a value, or why there is none. What is missing is never 0 (tuning §2.2).
 *
 * @param value not a number when missing
 * @param coverage the observed share of the window, 0..1
 * @param instances how many instances it rests on
 * @param missing why there is no value; empty when there is one
 */
public record Reading(double value, double coverage, int instances, String missing) {
    public Reading {
        if (missing.isEmpty() && !Double.isFinite(value))
            throw new IllegalArgumentException("value: " + value + " (expected: finite, or why it is missing)");
    }

    static Reading of(double value, double coverage, int instances) {
        if (!Double.isFinite(value)) return missing("no data", coverage, instances);
        return new Reading(value, coverage, instances, "");
    }

    static Reading missing(String why, double coverage, int instances) {
        return new Reading(Double.NaN, coverage, instances, why);
    }

    public boolean isMissing() {
        return !missing.isEmpty();
    }
}
