package dev.attune.rollout.agent;

import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was said about one rollout on one subscription. */
final class Conversation {
    private @Nullable Directive asked;
    private @Nullable Answer answer;
    private boolean accepted;

    /**
     * The directive to send for {@code wanted}, if it was not sent already. A subscription that has not accepted the
     * value itself is asked for that before it is asked to hold it: another process of the same id may have voted.
     */
    Optional<Directive> due(Directive wanted) {
        boolean first = wanted.kind() == Directive.Kind.STAGE && !accepted;
        Directive next = first
                ? new Directive(Directive.Kind.PREPARE, wanted.rollout(), wanted.step(), wanted.revision())
                : wanted;
        if (next.equals(asked)) return Optional.empty();
        asked = next;
        answer = null;
        return Optional.of(next);
    }

    /** Takes an answer; whether it is one to what was asked last (R6). */
    boolean takes(Answer given) {
        if (asked == null || given.step() != asked.step() || !asked.kind().takes(given.kind())) return false;
        // The weaker of two answers stays: who refused once has refused.
        if (answer != null && Strength.of(answer.kind()) <= Strength.of(given.kind())) return true;
        answer = given;
        accepted = given.kind() == Answer.Kind.ACCEPTED || (accepted && !Strength.isRefusal(given.kind()));
        return true;
    }

    /** What was answered at {@code step}, if anything that is to be stored was. */
    Optional<Answer> answerTo(Directive wanted) {
        if (answer == null || asked == null || asked.step() != wanted.step()) return Optional.empty();
        // A vote that was repeated to be able to hold the value is stored only when it is a no.
        boolean early = asked.kind() != wanted.kind() && !Strength.isRefusal(answer.kind());
        return early ? Optional.empty() : Optional.of(answer);
    }
}
