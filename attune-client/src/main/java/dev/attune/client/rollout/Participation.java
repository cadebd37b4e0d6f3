package dev.attune.client.rollout;

import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one instance does in rollouts. Pure: told of directives, votes, what was written and which state is in force, it
 * says what to do next. One call at a time. Applications have no use for it: {@code Config} has one in it.
 *
 * <p>Idea: what was accepted is remembered as a state. When an update brings exactly that state it is put in force
 * without asking again, and so is the state from before when the rollout is undone. Nothing that was accepted is ever
 * used before such an update (R2, R4).
 *
 * @param <S> a state: the whole configuration at one revision
 */
public final class Participation<S> {
    /** Most rollouts that are remembered; the oldest are forgotten first. */
    static final int TALKS_MAX = 16;

    private final BiPredicate<S, S> same;
    private final TreeMap<Long, Talk<S>> talks = new TreeMap<>();
    private String vetoed = "";
    private String failed = "";

    /**
     * An instance that takes part in no rollout yet.
     *
     * @param same whether two states show the same, at whatever revision
     */
    public Participation(BiPredicate<S, S> same) {
        this.same = same;
    }

    /**
     * What is to be done.
     *
     * @param <S> a state
     */
    public sealed interface Act<S> {
        /** Ask whether the program could work with this state, then call {@link Participation#voted}. */
        record Ask<S>(Directive directive, S trial) implements Act<S> {}

        /** Write this state to disk and sync it, then call {@link Participation#staged}. */
        record Stage<S>(Directive directive, S trial) implements Act<S> {}

        /** Say this. */
        record Say<S>(Answer answer) implements Act<S> {}

        /** Remove what was staged for the rollout. */
        record Unstage<S>(long rollout) implements Act<S> {}

        /** Tell who agreed that this state will not come. */
        record Abandon<S>(S trial) implements Act<S> {}
    }

    /** One rollout's. */
    private static final class Talk<S> {
        long step;

        @Nullable S accepted;

        @Nullable S former;

        boolean staged;
    }

    /** A staged state was found on disk at start. */
    public void restored(long rollout, long step, S trial) {
        Talk<S> talk = talk(rollout);
        talk.step = step;
        talk.accepted = trial;
        talk.staged = true;
    }

    /**
     * A directive arrived, and everything before it was decided.
     *
     * @param trial with {@code PREPARE} the state that would come; else null
     */
    public List<Act<S>> directed(Directive directive, @Nullable S trial) {
        Talk<S> talk = talk(directive.rollout());
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

    private List<Act<S>> prepare(Talk<S> talk, Directive directive, @Nullable S trial) {
        if (trial == null) return List.of();
        S accepted = talk.accepted;
        if (accepted != null && same.test(accepted, trial)) return say(directive, Answer.Kind.ACCEPTED, "");
        return List.of(new Act.Ask<>(directive, trial));
    }

    /** What the program said to {@link Act.Ask}; an empty reason agrees. */
    public List<Act<S>> voted(Directive directive, S trial, String reason) {
        Talk<S> talk = talk(directive.rollout());
        if (talk.step != directive.step()) return List.of();
        if (!reason.isEmpty()) return say(directive, Answer.Kind.REJECTED, reason);
        talk.accepted = trial;
        talk.staged = false;
        return say(directive, Answer.Kind.ACCEPTED, "");
    }

    private List<Act<S>> stage(Talk<S> talk, Directive directive) {
        S accepted = talk.accepted;
        if (accepted == null) return say(directive, Answer.Kind.FAILED, "nothing was accepted");
        return talk.staged ? say(directive, Answer.Kind.PREPARED, "") : List.of(new Act.Stage<>(directive, accepted));
    }

    /** What became of {@link Act.Stage}; an empty reason says that it is on disk. */
    public List<Act<S>> staged(Directive directive, String reason) {
        Talk<S> talk = talk(directive.rollout());
        // Decided meanwhile: what was written must not stay.
        if (talk.accepted == null) return List.of(new Act.Unstage<>(directive.rollout()));
        if (talk.step != directive.step()) return List.of();
        if (!reason.isEmpty()) return say(directive, Answer.Kind.FAILED, reason);
        talk.staged = true;
        return say(directive, Answer.Kind.PREPARED, "");
    }

    private List<Act<S>> commit(Talk<S> talk, Directive directive) {
        List<Act<S>> acts = new ArrayList<>();
        forget(talk, directive.rollout(), acts);
        if (!failed.isEmpty()) acts.addAll(say(directive, Answer.Kind.FAILED, failed));
        else if (!vetoed.isEmpty()) acts.addAll(say(directive, Answer.Kind.REJECTED, vetoed));
        else acts.addAll(say(directive, Answer.Kind.APPLIED, ""));
        return acts;
    }

    private List<Act<S>> undo(Talk<S> talk, Directive directive) {
        List<Act<S>> acts = new ArrayList<>();
        S accepted = talk.accepted;
        // After a switch it is the way back that tells the program.
        if (accepted != null && talk.former == null) acts.add(new Act.Abandon<>(accepted));
        forget(talk, directive.rollout(), acts);
        talk.former = null;
        String trouble = failed.isEmpty() ? vetoed : failed;
        // A program that vetoes an unrelated state has nothing of this rollout: before the switch there is no trouble.
        if (directive.kind() == Directive.Kind.ABORT || trouble.isEmpty())
            acts.addAll(say(directive, Answer.Kind.REVERTED, ""));
        else acts.addAll(say(directive, Answer.Kind.FAILED, trouble));
        return acts;
    }

    private void forget(Talk<S> talk, long rollout, List<Act<S>> acts) {
        if (talk.staged) acts.add(new Act.Unstage<>(rollout));
        talk.accepted = null;
        talk.staged = false;
    }

    /** Whether {@code next} is in force already, or is exactly what was accepted or was in force before a rollout. */
    public boolean isDecided(S current, S next) {
        return same.test(current, next) || isAccepted(next) || isWayBack(next);
    }

    private boolean isAccepted(S next) {
        for (Talk<S> talk : talks.values()) {
            S accepted = talk.accepted;
            if (accepted != null && same.test(accepted, next)) return true;
        }
        return false;
    }

    /** Whether {@code next} is what was in force before a rollout that has switched this instance. */
    public boolean isWayBack(S next) {
        for (Talk<S> talk : talks.values()) {
            S former = talk.former;
            if (former != null && same.test(former, next)) return true;
        }
        return false;
    }

    /**
     * A state came in force.
     *
     * @param before what was in force until then; null for nothing
     */
    public void inForce(@Nullable S before, S next) {
        vetoed = "";
        if (before == null) return;
        for (Talk<S> talk : talks.values()) {
            S accepted = talk.accepted;
            if (accepted != null && same.test(accepted, next) && !same.test(before, next)) talk.former = before;
        }
    }

    /** The state that came last was vetoed. */
    public void vetoed(String reason) {
        vetoed = reason;
    }

    /** The program was told of the state in force; an empty reason says that it could work with it. */
    public void applied(String reason) {
        failed = reason;
    }

    private Talk<S> talk(long rollout) {
        Talk<S> talk = talks.computeIfAbsent(rollout, none -> new Talk<>());
        if (talks.size() > TALKS_MAX && !talks.firstKey().equals(rollout)) talks.pollFirstEntry();
        return talk;
    }

    private List<Act<S>> say(Directive directive, Answer.Kind kind, String reason) {
        return List.of(new Act.Say<>(Answer.to(directive, kind, reason)));
    }
}
