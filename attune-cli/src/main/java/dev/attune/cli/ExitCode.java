package dev.attune.cli;

import dev.attune.model.ErrorCode;

/** How the command ends, for scripts. The numbers are part of its interface and never change their meaning. */
public enum ExitCode {
    OK(0, "done"),
    FAILED(1, "failed for another reason"),
    USAGE(2, "the command line or an input is wrong"),
    NOT_FOUND(3, "no such file, key, release or member"),
    CONFLICT(4, "somebody else changed it first, or it exists already"),
    UNAVAILABLE(5, "no node answered, or the cluster has no majority; nothing was done"),
    DENIED(6, "no valid token, or it lacks the right"),
    UNKNOWN_OUTCOME(7, "the change may or may not have happened; look before repeating"),
    ABORTED(8, "the rollout was aborted; nobody has used its releases"),
    ROLLED_BACK(9, "the rollout was rolled back; the former releases are in force"),
    INTERRUPTED(130, "stopped by Ctrl-C");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** What a failure with this code ends the command with. */
    public static ExitCode of(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, TOO_LARGE -> USAGE;
            case NOT_FOUND, LEASE_NOT_FOUND -> NOT_FOUND;
            case CONFLICT, ALREADY_EXISTS -> CONFLICT;
            case UNAUTHENTICATED, PERMISSION_DENIED -> DENIED;
            case NOT_LEADER, UNAVAILABLE, OVERLOADED, NO_SPACE, DEADLINE_EXCEEDED -> UNAVAILABLE;
            case OUTCOME_UNKNOWN -> UNKNOWN_OUTCOME;
            case COMPACTED, FUTURE_REVISION, FAILED_PRECONDITION, ALREADY_APPLIED, INTERNAL -> FAILED;
        };
    }

    public int number() {
        return number;
    }

    public String meaning() {
        return meaning;
    }
}
