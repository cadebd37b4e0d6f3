package dev.attune.client.kv;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.OperationResult;
import org.jspecify.annotations.Nullable;

/** What became of a write (S7, G4): done, certainly not done, or not known. */
public sealed interface WriteOutcome {
    /** The success, or an exception: {@link UnknownOutcomeException} when the outcome is not known. */
    Ok orThrow();

    /**
     * Carried out, once.
     *
     * @param revision the store's revision after it
     * @param result null only when the store no longer keeps the answer of an earlier attempt, or the call has none
     */
    record Ok(long revision, @Nullable OperationResult result) implements WriteOutcome {
        @Override
        public Ok orThrow() {
            return this;
        }
    }

    /** Certainly not carried out, for this reason. */
    record Failed(ErrorCode code, String message) implements WriteOutcome {
        @Override
        public Ok orThrow() {
            throw new AttuneException(code, message);
        }
    }

    /**
     * No answer arrived although it was sent: it may have been carried out, may be later, or never. To find out, read
     * what it wrote.
     *
     * @param requestId under which every attempt was made; null for calls that repeat harmlessly by themselves
     */
    record Unknown(@Nullable RequestId requestId, String message) implements WriteOutcome {
        @Override
        public Ok orThrow() {
            throw new UnknownOutcomeException(this);
        }
    }
}
