package dev.attune.simulator.client;

import dev.attune.model.ErrorCode;
import dev.attune.store.CommandResult;

/** What a server answers. */
public sealed interface Reply {
    /** What applying or reading gave. */
    record Answer(CommandResult result) implements Reply {}

    /**
     * Not carried out, or not known to be.
     *
     * @param code says which: only {@code OUTCOME_UNKNOWN} leaves a write open
     * @param leader number of the server that leads, as far as known; −1 for none
     */
    record Refused(ErrorCode code, int leader) implements Reply {}
}
