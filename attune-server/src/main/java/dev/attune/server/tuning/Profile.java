package dev.attune.server.tuning;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;

/**
 * How a metric was found to answer to a key.
 *
 * @param atMillis when it was looked at
 * @param by who asked
 * @param settings how many values of the key it rests on
 * @param r2 the share of the metric's variance that it explains
 * @param spearman how monotonic the metric is in the key, -1..1
 */
record Profile(DecisionEntry.Measured model, long atMillis, String by, int settings, double r2, double spearman) {
    Bytes encode() {
        return Records.write(this);
    }

    static Profile decode(Bytes stored) {
        return Records.read(stored, Profile.class);
    }
}
