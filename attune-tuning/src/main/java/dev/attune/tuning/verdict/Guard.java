package dev.attune.tuning.verdict;

/**
 * A metric that must not get worse.
 *
 * @param name as in the policy
 * @param scale how its values compare
 * @param worse the direction that is worse
 * @param margin how much worse is allowed: a share (0.05 for 5 %), of plain values the distance itself
 * @param critical whether it alone may roll a change back, and must be known before the change goes on
 * @param limit what it must not pass on the canaries at all; not a number for none
 */
public record Guard(String name, Scale scale, Worse worse, double margin, boolean critical, double limit) {
    /** How values compare. */
    public enum Scale {
        /** By ratio: latencies, sizes, loads. */
        RATIO,
        /** By difference: shares, temperatures. */
        PLAIN
    }

    /** The direction in which a metric gets worse. */
    public enum Worse {
        UP(1),
        DOWN(-1);

        private final int sign;

        Worse(int sign) {
            this.sign = sign;
        }

        public int sign() {
            return sign;
        }
    }

    public Guard {
        if (name.isEmpty()) throw new IllegalArgumentException("name: empty (expected: a name)");
        if (!(margin >= 0 && margin <= 10))
            throw new IllegalArgumentException("margin: " + margin + " (expected: 0..10)");
    }

    /** A critical guard by ratio without an absolute limit. */
    public static Guard critical(String name, Worse worse, double margin) {
        return new Guard(name, Scale.RATIO, worse, margin, true, Double.NaN);
    }

    /** The shift that is still allowed, on the scale on which points are compared. */
    double allowed() {
        return scale == Scale.RATIO ? StrictMath.log(1 + margin) : margin;
    }

    /** Whether a value is past the absolute limit. */
    public boolean breaks(double value) {
        return worse == Worse.UP ? value > limit : value < limit;
    }
}
