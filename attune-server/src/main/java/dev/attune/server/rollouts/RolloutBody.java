package dev.attune.server.rollouts;

import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.rollout.plan.Deadlines;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.server.files.FileRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body that starts a rollout. What is left out has a default; times are seconds. */
public record RolloutBody(
        @Nullable String message,
        @Nullable List<FileBody> files,
        @Nullable String strategy,
        @Nullable Integer quorumPercent,
        @Nullable Times seconds,
        @Nullable List<StageBody> stages,
        @Nullable ToleranceBody tolerance,
        @Nullable String webhook,
        @Nullable String taken,
        @Nullable String guards) {
    private static final String POLICY = "policy";
    private static final double PHASE_SECONDS = 30;
    private static final double LOST_SECONDS = 20;
    private static final double STAGE_SECONDS = 10;
    private static final double VERDICT_SECONDS = 1_800;
    private static final int GUARDS_MAX = 16 << 10;

    /** One file: a text, keys that change, the number of an earlier release to return to, or that it is deleted. */
    public record FileBody(
            @Nullable String application,
            @Nullable String cluster,
            @Nullable String file,
            @Nullable String text,
            @Nullable Map<String, String> set,
            @Nullable Long release,
            @Nullable Boolean delete,
            @Nullable Long base) {
        Coordinate coordinate(String environment) {
            return FileRequests.checked(() -> new Coordinate(
                    environment,
                    application == null ? "" : application,
                    cluster == null ? Coordinate.DEFAULT_CLUSTER : cluster,
                    file == null ? "" : file));
        }

        Bytes bytes() {
            int given = (text == null ? 0 : 1) + (sets() ? 1 : 0) + (release == null ? 0 : 1) + (deletes() ? 1 : 0);
            if (given != 1)
                throw FileRequests.invalid("file: " + given + " of text, set, release and delete (expected: 1)");
            return text == null ? Bytes.EMPTY : Bytes.utf8(text);
        }

        boolean sets() {
            return set != null && !set.isEmpty();
        }

        boolean deletes() {
            return Boolean.TRUE.equals(delete);
        }
    }

    /** Deadlines. */
    public record Times(
            @Nullable Double prepare,
            @Nullable Double stage,
            @Nullable Double apply,
            @Nullable Double undo,
            @Nullable Double lost,
            @Nullable Double verdict) {
        static final Times NONE = new Times(null, null, null, null, null, null);
    }

    /** One stage of a progressive rollout. */
    public record StageBody(
            @Nullable Integer count, @Nullable Double percent, @Nullable Double seconds, @Nullable Boolean judged) {
        Stage toStage(boolean guarded) {
            return new Stage(
                    count == null ? 0 : count,
                    percent == null ? 0 : (int) Math.round(percent * 100),
                    millis(seconds, STAGE_SECONDS),
                    guarded || Boolean.TRUE.equals(judged));
        }
    }

    /** How many may go wrong, and what follows when a judge cannot tell: hold or revert. */
    public record ToleranceBody(@Nullable Integer lost, @Nullable Integer refused, @Nullable String inconclusive) {
        Strategy.Progressive.Undecided undecided() {
            return switch (inconclusive == null ? "hold" : inconclusive) {
                case "hold" -> Strategy.Progressive.Undecided.PAUSE;
                case "revert" -> Strategy.Progressive.Undecided.UNDO;
                default -> throw FileRequests.invalid("inconclusive: unknown (expected: hold or revert)");
            };
        }

        Strategy.Tolerance toTolerance() {
            return new Strategy.Tolerance(lost == null ? 0 : lost, refused == null ? 0 : refused);
        }
    }

    private static long millis(@Nullable Double seconds, double otherwise) {
        double value = seconds == null ? otherwise : seconds;
        if (!(value >= 0 && value * 1000 <= Deadlines.MILLIS_MAX))
            throw FileRequests.invalid("seconds: " + value + " (expected: 0.." + Deadlines.MILLIS_MAX / 1000 + ")");
        return Math.round(value * 1000);
    }

    private Times times() {
        return seconds == null ? Times.NONE : seconds;
    }

    private long lostAfterMillis() {
        return millis(times().lost, LOST_SECONDS);
    }

    private Strategy toStrategy() {
        return FileRequests.checked(this::readStrategy);
    }

    private Strategy readStrategy() {
        Times times = times();
        long apply = millis(times.apply, PHASE_SECONDS);
        long undo = millis(times.undo, PHASE_SECONDS);
        return switch (strategy == null ? "atomic" : strategy) {
            // What is said of the three phases has no meaning for it; a policy says how it goes.
            case "atomic", POLICY ->
                new Strategy.Atomic(
                        Quorum.percent(quorumPercent == null ? 100 : quorumPercent),
                        new Deadlines(
                                millis(times.prepare, PHASE_SECONDS), millis(times.stage, PHASE_SECONDS), apply, undo));
            case "progressive" ->
                new Strategy.Progressive(
                        stagesOrDefault(),
                        tolerance == null ? Strategy.Tolerance.NONE : tolerance.toTolerance(),
                        apply,
                        millis(times.verdict, guarded() ? VERDICT_SECONDS : PHASE_SECONDS),
                        tolerance == null ? Strategy.Progressive.Undecided.PAUSE : tolerance.undecided(),
                        undo);
            case "immediate" -> new Strategy.Immediate(apply, undo);
            default ->
                throw FileRequests.invalid("strategy: unknown (expected: atomic, progressive, immediate or policy)");
        };
    }

    private List<Stage> stagesOrDefault() {
        long each = millis(null, STAGE_SECONDS);
        if (stages == null || stages.isEmpty())
            return List.of(
                    Stage.count(1, each, guarded()),
                    Stage.percent(10, each, guarded()),
                    Stage.percent(30, each, guarded()));
        List<Stage> read = new ArrayList<>();
        for (StageBody one : stages) read.add(one.toStage(guarded()));
        return read;
    }

    /** Whether its stages are judged by what the instances measure. */
    private boolean guarded() {
        return guards != null && !guards.isBlank();
    }

    private String toGuards() {
        if (!guarded() || guards == null) return "";
        if (guards.length() > GUARDS_MAX)
            throw FileRequests.invalid("guards: " + guards.length() + " characters (expected: <= " + GUARDS_MAX + ")");
        if (!"progressive".equals(strategy)) throw FileRequests.invalid("guards: for strategy progressive only");
        return guards;
    }

    /** How to bring what {@code message} says. */
    public RolloutRequest toRequest(String message) {
        return new RolloutRequest(
                toChoice(),
                toStrategy(),
                message,
                webhook == null ? "" : webhook,
                lostAfterMillis(),
                toTaken(),
                toGuards());
    }

    private RolloutRequest.Choice toChoice() {
        if (strategy == null) return RolloutRequest.Choice.POLICY_OR_GIVEN;
        if (!strategy.equals(POLICY)) return RolloutRequest.Choice.GIVEN;
        if (stages != null || tolerance != null || quorumPercent != null)
            throw FileRequests.invalid(
                    "stages, tolerance, quorumPercent: none with strategy policy, which has its own");
        return RolloutRequest.Choice.POLICY;
    }

    private RolloutRequest.Taken toTaken() {
        String word = taken == null ? "refuse" : taken;
        for (RolloutRequest.Taken each : RolloutRequest.Taken.values())
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) return each;
        throw FileRequests.invalid("taken: unknown (expected: refuse, queue or override)");
    }
}
