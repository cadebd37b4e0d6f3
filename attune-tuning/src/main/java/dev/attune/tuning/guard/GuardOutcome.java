package dev.attune.tuning.guard;

import dev.attune.tuning.control.Setting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the chain says to a proposal.
 *
 * @param refusal why nothing may change; null when it may
 * @param detail of the refusal, in words
 * @param to the value that may be taken
 * @param clamped what was altered about the proposal, in words; empty for nothing
 * @param passed the guards that had nothing against it, in order
 * @param state what the guards remember now
 */
public record GuardOutcome(
        @Nullable Refusal refusal, String detail, Setting to, String clamped, List<String> passed, GuardState state) {
    public GuardOutcome {
        passed = List.copyOf(passed);
    }
}
