package dev.attune.rollout.agent;

import dev.attune.model.rollout.Answer;
import dev.attune.rollout.record.InstanceState;

/** Orders answers by how far they go along, so that the weakest of several can be taken. */
final class Strength {
    private Strength() {}

    static int of(Answer.Kind kind) {
        return switch (kind) {
            case REJECTED -> 0;
            case FAILED -> 1;
            case ACCEPTED, PREPARED, APPLIED, REVERTED -> 2;
        };
    }

    static boolean isRefusal(Answer.Kind kind) {
        return of(kind) < 2;
    }

    static InstanceState state(Answer.Kind kind) {
        return switch (kind) {
            case ACCEPTED -> InstanceState.ACCEPTED;
            case REJECTED -> InstanceState.REJECTED;
            case PREPARED -> InstanceState.PREPARED;
            case APPLIED -> InstanceState.APPLIED;
            case FAILED -> InstanceState.FAILED;
            case REVERTED -> InstanceState.REVERTED;
        };
    }
}
