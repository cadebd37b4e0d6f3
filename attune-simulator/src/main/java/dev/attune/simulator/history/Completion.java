package dev.attune.simulator.history;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a call ended, as its client was told. */
public sealed interface Completion {
    /** Time of the answer in nanoseconds on the run's clock; {@link Long#MAX_VALUE} when there was none. */
    long at();

    /**
     * Answered.
     *
     * @param revision of the change, or at which the call was evaluated when it changed nothing
     * @param succeeded whether every guard held
     * @param changed whether the state was changed
     * @param observed keys as they were before the call's own writes
     */
    record Ok(long at, long revision, boolean succeeded, boolean changed, Map<String, Observed> observed)
            implements Completion {
        public Ok {
            observed = Map.copyOf(observed);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("ok@" + revision);
            if (!succeeded) text.append(" guard-false");
            observed.forEach(
                    (key, seen) -> text.append(' ').append(key).append('→').append(seen));
            return text.toString();
        }
    }

    /** Certainly not applied, now or later. */
    record Failed(long at, String error) implements Completion {}

    /** May have been applied, or may still be. */
    record Unknown(String error) implements Completion {
        @Override
        public long at() {
            return Long.MAX_VALUE;
        }
    }

    /**
     * A key as seen.
     *
     * @param value null when the key was absent
     * @param modRevision revision of the key's last change; 0 when absent or not recorded
     */
    record Observed(@Nullable String value, long modRevision) {
        @Override
        public String toString() {
            return value == null ? "∅" : modRevision == 0 ? value : value + "@" + modRevision;
        }
    }
}
