package dev.attune.tuning.guard;

/**
 * How far and how often a policy may change its key (tuning §3.1).
 *
 * @param low the envelope's least value; negative infinity for the key's own
 * @param high its greatest
 * @param stepUp the greatest move away from relief, as a share of the value
 * @param stepRelief the greatest move of relief, likewise
 * @param deadBand moves smaller than this share are not worth it
 * @param cooldownMillis between two changes
 * @param urgentCooldownMillis between two changes that relieve a hard goal in danger
 * @param stabilizeMillis for how long a safer wish outlasts a bolder one
 */
public record Limits(
        double low,
        double high,
        double stepUp,
        double stepRelief,
        double deadBand,
        long cooldownMillis,
        long urgentCooldownMillis,
        long stabilizeMillis) {
    /** 25 % up, 50 % in relief, nothing under 3 %, a minute between changes, five minutes of caution. */
    public static final Limits DEFAULT =
            new Limits(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.25, 0.5, 0.03, 60_000, 30_000, 300_000);

    public Limits {
        if (!(low < high))
            throw new IllegalArgumentException("envelope: " + low + ".." + high + " (expected: ascending)");
        if (!(stepUp > 0 && stepUp <= 10))
            throw new IllegalArgumentException("stepUp: " + stepUp + " (expected: 0..10)");
        if (!(stepRelief > 0 && stepRelief <= 10))
            throw new IllegalArgumentException("stepRelief: " + stepRelief + " (expected: 0..10)");
        if (!(deadBand >= 0 && deadBand < 1))
            throw new IllegalArgumentException("deadBand: " + deadBand + " (expected: 0..1)");
        if (cooldownMillis < 0 || urgentCooldownMillis < 0 || stabilizeMillis < 0)
            throw new IllegalArgumentException("cooldown, stabilization: negative (expected: >= 0)");
    }
}
