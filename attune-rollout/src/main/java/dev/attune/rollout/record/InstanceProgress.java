package dev.attune.rollout.record;

import dev.attune.model.rollout.Answer;

/**
 * What is stored of one targeted instance.
 *
 * @param reason why it did not go along; kept when it goes back; else empty
 * @param step of the record at which the state was written
 * @param timeMillis when, in milliseconds since 1970, by the clock of who wrote it; only shown
 */
public record InstanceProgress(InstanceState state, String reason, long step, long timeMillis) {
    public InstanceProgress {
        if (reason.length() > Answer.REASON_MAX) reason = reason.substring(0, Answer.REASON_MAX);
        if (step < 1) throw new IllegalArgumentException("step: " + step + " (expected: >= 1)");
        if (timeMillis < 0) throw new IllegalArgumentException("timeMillis: " + timeMillis + " (expected: >= 0)");
    }
}
