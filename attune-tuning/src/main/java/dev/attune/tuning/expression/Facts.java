package dev.attune.tuning.expression;

/** What an expression may ask besides signals. Called while an expression is evaluated, in its thread. */
public interface Facts {
    /** Nothing is known of any key, and nothing has changed. */
    Facts NONE = changedAt(Long.MIN_VALUE);

    /** Nothing is known of any key; only that a change was made, in milliseconds of the epoch. */
    static Facts changedAt(long millis) {
        return new Facts() {
            @Override
            public double current(String key) {
                return Double.NaN;
            }

            @Override
            public double appliedForSeconds(String key) {
                return Double.NaN;
            }

            @Override
            public long changedAtMillis() {
                return millis;
            }
        };
    }

    /** The number in force for a key; not a number when it has none. */
    double current(String key);

    /** For how many seconds the key's value has been in force; not a number when that is unknown. */
    double appliedForSeconds(String key);

    /** When the change under comparison was made, in milliseconds of the epoch; the least long without one. */
    long changedAtMillis();
}
