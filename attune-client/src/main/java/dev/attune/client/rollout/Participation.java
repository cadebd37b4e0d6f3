package dev.attune.client.config;

import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one instance does in rollouts. Pure: told of directives, votes, what was written and which state is in force, it
 * says what to do next. One call at a time.
 *
 * <p>Idea: what was accepted is remembered as a state. When an update brings exactly that state it is put in force
 * without asking again, and so is the state from before when the rollout is undone. Nothing that was accepted is ever
 * used before such an update (R2, R4).
 */
final class Participation {
    /** Most rollouts that are remembered; the oldest are forgotten first. */
    static final int TALKS_MAX = 16;

    private final TreeMap<Long, Talk> talks = new TreeMap<>();
    private String vetoed = "";
    private String failed = "";

    /** What is to be done. */
    sealed interface Act {
        /** Ask whether the program could work with this state, then call {@link Participation#voted}. */
        record Ask(Directive directive, ConfigSnapshot trial) implements Act {}

        /** Write this state to disk and sync it, then call {@link Participation#staged}. */
        record Stage(Directive directive, ConfigSnapshot trial) implements Act {}

        /** Say this. */
        record Say(Answer answer) implements Act {}

        /** Remove what was staged for the rollout. */
        record Unstage(long rollout) implements Act {}

        /** Tell who agreed that this state will not come. */
        record Abandon(ConfigSnapshot trial) implements Act {}
    }

    /** One rollout's. */
    private static final class Talk {
        long step;

        @Nullable ConfigSnapshot accepted;

        @Nullable ConfigSnapshot former;

        boolean staged;
    }

    /** A staged state was found on disk at start. */
    void restored(long rollout, long step, ConfigSnapshot trial) {
        Talk talk = talk(rollout);
        talk.step = step;
        talk.accepted = trial;
        talk.staged = true;
    }

    /**
     * A directive arrived, and everything before it was decided.
     *
     * @param trial with {@code PREPARE} the state that would come; else null
     */
    List<Act> directed(Directive directive, @Nullable ConfigSnapshot trial) {
        Talk talk = talk(directive.rollout());
        // Of an earlier leader, or overtaken (R6).
        if (directive.step() < talk.step) return List.of();
        talk.step = directive.step();
        return switch (directive.kind()) {
            case PREPARE -> prepare(talk, directive, trial);
            case STAGE -> stage(talk, directive);
            case COMMIT -> commit(talk, directive);
            case ABORT, REVERT -> undo(talk, directive);
        };
    }

    private static List<Act> prepare(Talk talk, Directive directive, @Nullable ConfigSnapshot trial) {
        if (trial == null) return List.of();
        ConfigSnapshot accepted = talk.accepted;
        if (accepted != null && accepted.showsSameAs(trial)) return say(directive, Answer.Kind.ACCEPTED, "");
        return List.of(new Act.Ask(directive, trial));
    }

    /** What the program said to {@link Act.Ask}; an empty reason agrees. */
    List<Act> voted(Directive directive, ConfigSnapshot trial, String reason) {
        Talk talk = talk(directive.rollout());
        if (talk.step != directive.step()) return List.of();
        if (!reason.isEmpty()) return say(directive, Answer.Kind.REJECTED, reason);
        talk.accepted = trial;
        talk.staged = false;
        return say(directive, Answer.Kind.ACCEPTED, "");
    }

    private static List<Act> stage(Talk talk, Directive directive) {
        ConfigSnapshot accepted = talk.accepted;
        if (accepted == null) return say(directive, Answer.Kind.FAILED, "nothing was accepted");
        return talk.staged ? say(directive, Answer.Kind.PREPARED, "") : List.of(new Act.Stage(directive, accepted));
    }

    /** What became of {@link Act.Stage}; an empty reason says that it is on disk. */
    List<Act> staged(Directive directive, String reason) {
        Talk talk = talk(directive.rollout());
        // Decided meanwhile: what was written must not stay.
        if (talk.accepted == null) return List.of(new Act.Unstage(directive.rollout()));
        if (talk.step != directive.step()) return List.of();
        if (!reason.isEmpty()) return say(directive, Answer.Kind.FAILED, reason);
        talk.staged = true;
        return say(directive, Answer.Kind.PREPARED, "");
    }

    private List<Act> commit(Talk talk, Directive directive) {
        List<Act> acts = new ArrayList<>();
        forget(talk, directive.rollout(), acts);
        if (!failed.isEmpty()) acts.addAll(say(directive, Answer.Kind.FAILED, failed));
        else if (!vetoed.isEmpty()) acts.addAll(say(directive, Answer.Kind.REJECTED, vetoed));
        else acts.addAll(say(directive, Answer.Kind.APPLIED, ""));
        return acts;
    }

    private List<Act> undo(Talk talk, Directive directive) {
        List<Act> acts = new ArrayList<>();
        ConfigSnapshot accepted = talk.accepted;
        // After a switch it is the way back that tells the program.
        if (accepted != null && talk.former == null) acts.add(new Act.Abandon(accepted));
        forget(talk, directive.rollout(), acts);
        talk.former = null;
        String trouble = failed.isEmpty() ? vetoed : failed;
        // A program that vetoes an unrelated state has nothing of this rollout: before the switch there is no trouble.
        if (directive.kind() == Directive.Kind.ABORT || trouble.isEmpty())
            acts.addAll(say(directive, Answer.Kind.REVERTED, ""));
        else acts.addAll(say(directive, Answer.Kind.FAILED, trouble));
        return acts;
    }

    private static void forget(Talk talk, long rollout, List<Act> acts) {
        if (talk.staged) acts.add(new Act.Unstage(rollout));
        talk.accepted = null;
        talk.staged = false;
    }

    /** Whether {@code next} is in force already, or is exactly what was accepted or was in force before a rollout. */
    boolean isDecided(ConfigSnapshot current, ConfigSnapshot next) {
        return current.showsSameAs(next) || isAccepted(next) || isWayBack(next);
    }

    private boolean isAccepted(ConfigSnapshot next) {
        for (Talk talk : talks.values()) {
            ConfigSnapshot accepted = talk.accepted;
            if (accepted != null && accepted.showsSameAs(next)) return true;
        }
        return false;
    }

    /** Whether {@code next} is what was in force before a rollout that has switched this instance. */
    boolean isWayBack(ConfigSnapshot next) {
        for (Talk talk : talks.values()) {
            ConfigSnapshot former = talk.former;
            if (former != null && former.showsSameAs(next)) return true;
        }
        return false;
    }

    /** A state came in force. */
    void inForce(ConfigSnapshot before, ConfigSnapshot next) {
        vetoed = "";
        if (before.source() == ConfigSource.NONE) return;
        for (Talk talk : talks.values()) {
            ConfigSnapshot accepted = talk.accepted;
            if (accepted != null && accepted.showsSameAs(next) && !before.showsSameAs(next)) talk.former = before;
        }
    }

    /** The state that came last was vetoed. */
    void vetoed(String reason) {
        vetoed = reason;
    }

    /** The program was told of the state in force; an empty reason says that it could work with it. */
    void applied(String reason) {
        failed = reason;
    }

    private Talk talk(long rollout) {
        Talk talk = talks.computeIfAbsent(rollout, none -> new Talk());
        if (talks.size() > TALKS_MAX && !talks.firstKey().equals(rollout)) talks.pollFirstEntry();
        return talk;
    }

    private static List<Act> say(Directive directive, Answer.Kind kind, String reason) {
        return List.of(new Act.Say(Answer.to(directive, kind, reason)));
    }
}
