package dev.attune.server.tuning;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.tuning.control.Model;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A decision as it is stored: the canonical record that replays, and what is shown of it without replaying.
 *
 * @param number 1, 2, 3 … of its policy
 * @param atMillis when
 * @param source where the policy's text lies
 * @param said how it ended
 * @param made what it wrote
 * @param term of the leader that took it
 * @param record the canonical bytes, in Base64
 */
record DecisionEntry(long number, long atMillis, Source source, Said said, Made made, long term, String record) {
    /**
     * What the decision was taken by.
     *
     * @param cluster of the policy's file, and of the key's
     * @param file of the policy
     * @param release of that file
     * @param model that was measured; null when the policy names its gain
     */
    record Source(String cluster, String file, long release, @Nullable Measured model) {
        Coordinate coordinate(PolicyId policy) {
            return new Coordinate(policy.environment(), policy.application(), cluster, file);
        }
    }

    /** A {@link Model} as it is stored. */
    record Measured(double gain, double error, double noise, int delayTicks) {
        static Measured of(Model model) {
            return new Measured(model.gain(), model.error(), model.noise(), model.delayTicks());
        }

        Model toModel() {
            return new Model(gain, error, noise, delayTicks);
        }
    }

    /**
     * How it ended.
     *
     * @param outcome the word
     * @param code of the guard that refused; empty for none
     * @param from the value in force
     * @param to the value that was allowed; the same when nothing changes
     */
    record Said(String key, String outcome, String code, String from, String to, String sentence) {}

    /** What it wrote; each 0 for none. */
    record Made(long release, long rollout) {
        static final Made NOTHING = new Made(0, 0);
    }

    Bytes recordBytes() {
        return Bytes.wrap(Base64.getDecoder().decode(record));
    }

    Bytes encode() {
        return Records.write(this);
    }

    static DecisionEntry decode(Bytes stored) {
        return Records.read(stored, DecisionEntry.class);
    }
}
