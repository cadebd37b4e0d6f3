package dev.attune.tuning.control;

/**
 * What a metric should be.
 *
 * @param value the goal, in the metric's unit
 * @param kind what it means to miss it
 * @param direction on which side of it the metric must stay
 * @param log whether the loop works on logarithms (target tracking), else on values
 * @param deadBand deviations smaller than this share are left alone
 * @param share by how many keys the metric is moved at the same time; each takes its part (SmartConf's interaction)
 */
public record Goal(double value, Kind kind, Direction direction, boolean log, double deadBand, int share) {
    /** What it means to miss a goal. */
    public enum Kind {
        /** A wish. */
        SOFT,
        /** A bound: the loop aims below it and hurries back when near. */
        HARD,
        /** A bound at which the last safe value is taken at once. */
        SUPERHARD
    }

    /** On which side the metric must stay. */
    public enum Direction {
        BELOW,
        ABOVE,
        TRACK
    }

    public Goal {
        if (!Double.isFinite(value)) throw new IllegalArgumentException("goal: " + value + " (expected: finite)");
        if (log && value <= 0) throw new IllegalArgumentException("goal: " + value + " (expected: > 0 in log space)");
        if (!(deadBand >= 0 && deadBand < 1))
            throw new IllegalArgumentException("deadBand: " + deadBand + " (expected: 0..1)");
        if (share < 1) throw new IllegalArgumentException("share: " + share + " (expected: >= 1)");
        if (kind != Kind.SOFT && direction == Direction.TRACK)
            throw new IllegalArgumentException("direction: track (expected: below or above of a hard goal)");
    }

    /** 10 % around a wish, 3 % around a bound. */
    public static double deadBand(Kind kind) {
        return kind == Kind.SOFT ? 0.1 : 0.03;
    }

    boolean isHard() {
        return kind != Kind.SOFT;
    }

    /** Where the loop aims: off a hard goal by the model's margin. */
    double aim(Model model) {
        if (!isHard()) return value;
        return direction == Direction.BELOW ? value * (1 - model.margin()) : value * (1 + model.margin());
    }

    /** Whether {@code metric} is on the wrong side of {@code bound}. */
    boolean beyond(double metric, double bound) {
        return direction == Direction.BELOW ? metric > bound : direction == Direction.ABOVE && metric < bound;
    }
}
