package dev.attune.simulator.fleet;

import dev.attune.model.kv.Operation;
import dev.attune.model.rollout.Answer;
import dev.attune.rollout.agent.Agent;
import dev.attune.rollout.agent.InstanceWrite;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import java.util.List;
import java.util.Optional;

/**
 * What the rollouts of a world are made of. By default the real parts; a test puts a broken one in the place of any of
 * them, to see that checker E notices.
 */
public interface FleetParts {
    /** The parts under test. */
    static FleetParts real() {
        return new FleetParts() {};
    }

    /** What the coordinator does next. */
    default Optional<Transition> step(View view) {
        return Coordinator.step(view);
    }

    /** A transition as transactions; several only of marks, which are carried out side by side. */
    default List<Operation.Txn> txns(View view, Transition transition, List<Transition.Part> pointers) {
        // A few targets each, so that marks are carried out in part.
        return transition instanceof Transition.Mark mark
                ? mark.txns(view, 3)
                : List.of(((Transition.Move) transition).txn(view, pointers));
    }

    /** What the agent makes of an answer. */
    default boolean answered(Agent agent, long subscription, Answer answer, long step) {
        return agent.answered(subscription, answer);
    }

    /** An answer's write as a transaction. */
    default Operation.Txn txn(InstanceWrite write) {
        return write.txn();
    }

    /** Whether an instance writes a value to its disk before it says that it holds it (R3). */
    default boolean stagesDurably() {
        return true;
    }

    /** Whether an instance that is cut off waits for the decision, however long (R4). */
    default boolean waitsForDecision() {
        return true;
    }
}
