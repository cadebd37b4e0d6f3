package dev.attune.rollout.record;

import dev.attune.model.rollout.Directive;
import java.util.Optional;

/**
 * What a rollout asks of a target where it stands. The coordinator waits for whom something is asked; the agent asks
 * it. An instance that is asked nothing has settled.
 */
public final class Asks {
    private Asks() {}

    /** What is asked of {@code instance} now, if anything. */
    public static Optional<Directive.Kind> of(RolloutRecord record, InstanceRef instance, InstanceProgress progress) {
        InstanceState state = progress.state();
        if (state == InstanceState.LOST || state == InstanceState.REJECTED || state == InstanceState.REVERTED)
            return Optional.empty();
        boolean asked =
                switch (record.phase()) {
                    case QUEUED, PENDING, COMMITTED, ABORTED, ROLLED_BACK -> false;
                    case CAN_COMMIT -> state == InstanceState.OFFERED;
                    case PRE_COMMIT -> state == InstanceState.ACCEPTED;
                    case STAGE -> state == InstanceState.OFFERED && inCohort(record, instance);
                    case DO_COMMIT -> state != InstanceState.APPLIED && state != InstanceState.FAILED;
                    case ABORTING -> state != InstanceState.FAILED;
                    // One that failed before is asked to go back; one that failed to go back is not asked again.
                    case ROLLING_BACK -> state != InstanceState.FAILED || progress.step() < record.step();
                };
        return asked ? of(record.phase()) : Optional.empty();
    }

    /** What a phase asks of those who have not answered. */
    public static Optional<Directive.Kind> of(Phase phase) {
        return switch (phase) {
            case QUEUED, PENDING, COMMITTED, ABORTED, ROLLED_BACK -> Optional.empty();
            case CAN_COMMIT -> Optional.of(Directive.Kind.PREPARE);
            case PRE_COMMIT -> Optional.of(Directive.Kind.STAGE);
            case STAGE, DO_COMMIT -> Optional.of(Directive.Kind.COMMIT);
            case ABORTING -> Optional.of(Directive.Kind.ABORT);
            case ROLLING_BACK -> Optional.of(Directive.Kind.REVERT);
        };
    }

    /** Whether a target belongs to the present stage's cohort. */
    public static boolean inCohort(RolloutRecord record, InstanceRef instance) {
        return Places.of(record.environment(), record.number(), instance)
                <= record.at().bound();
    }
}
