package dev.attune.tuning.control;

/**
 * What a numeric key may be.
 *
 * @param min the least value
 * @param max the greatest
 * @param step values are whole multiples of it
 * @param scale how distances count
 * @param relief the direction that is cheaper or safer, in which moves may be larger and sooner
 */
public record KeyRange(double min, double max, double step, Scale scale, Relief relief) {
    /** How far two values are apart. */
    public enum Scale {
        LINEAR,
        LOG
    }

    /** The safe direction. */
    public enum Relief {
        UP(1),
        DOWN(-1),
        NONE(0);

        private final int sign;

        Relief(int sign) {
            this.sign = sign;
        }

        public int sign() {
            return sign;
        }
    }

    public KeyRange {
        if (!(min < max) || !Double.isFinite(min) || !Double.isFinite(max))
            throw new IllegalArgumentException("range: " + min + ".." + max + " (expected: ascending, finite)");
        if (!(step > 0 && step <= max - min))
            throw new IllegalArgumentException("step: " + step + " (expected: > 0, within the range)");
        if (scale == Scale.LOG && min <= 0)
            throw new IllegalArgumentException("min: " + min + " (expected: > 0 for a logarithmic scale)");
    }

    /** Within the bounds. */
    public double clamp(double value) {
        return Math.max(min, Math.min(max, value));
    }

    /** The multiple of the step next to {@code value} on the side of {@code sign}; the nearest when that is 0. */
    public double round(double value, int sign) {
        double steps = value / step;
        double nearest = StrictMath.rint(steps);
        // What is a multiple but for the last bits stays.
        if (Math.abs(steps - nearest) < 1e-9) return nearest * step;
        return (sign > 0 ? StrictMath.ceil(steps) : sign < 0 ? StrictMath.floor(steps) : nearest) * step;
    }

    /** The value as a place in 0..1. */
    public double normalised(double value) {
        if (scale == Scale.LINEAR) return (value - min) / (max - min);
        return StrictMath.log(value / min) / StrictMath.log(max / min);
    }

    /** The value at a place in 0..1. */
    public double at(double place) {
        double p = Math.max(0, Math.min(1, place));
        if (scale == Scale.LINEAR) return min + p * (max - min);
        return min * StrictMath.exp(p * StrictMath.log(max / min));
    }
}
