package dev.attune.client.config;

import java.util.Optional;

/**
 * Takes part in how a state comes in force. In an atomic rollout {@link #prepare} is asked first, on every instance;
 * only when all agreed is anything applied, anywhere. Outside of one, a state is prepared and applied in one go.
 *
 * <p>Called by the client's one listener thread, which waits for it. Every method has a default, so only what is of
 * interest has to be written; an instance without participants takes part in rollouts all the same.
 */
public interface ConfigParticipant {
    /**
     * Whether the program could work with the change. Must not use it yet: it may never come.
     *
     * @return the reason why not; nothing to agree. What it throws counts as a reason
     */
    default Optional<String> prepare(ConfigChange change) {
        return Optional.empty();
    }

    /**
     * The change is in force; reads show it. What this throws is reported as a failure, and under an atomic rollout it
     * takes the whole fleet back to the former release.
     */
    default void apply(ConfigChange change) {}

    /** What was prepared will not come. */
    default void abort(ConfigChange change) {}

    /**
     * A rollout was undone: the state from before it is in force again. Handled as any other change by default.
     *
     * @param change from the undone state to the former one
     */
    default void revert(ConfigChange change) {
        apply(change);
    }
}
