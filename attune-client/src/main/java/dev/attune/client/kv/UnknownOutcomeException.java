package dev.attune.client.kv;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;

/** A write may or may not have been carried out; its own type because its caller must look before going on. */
public final class UnknownOutcomeException extends AttuneException {
    private final transient WriteOutcome.Unknown outcome;

    public UnknownOutcomeException(WriteOutcome.Unknown outcome) {
        super(ErrorCode.OUTCOME_UNKNOWN, outcome.message());
        this.outcome = outcome;
    }

    public WriteOutcome.Unknown outcome() {
        return outcome;
    }
}
