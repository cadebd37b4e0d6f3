package dev.attune.tuning.plant;

import java.util.SplittableRandom;

/** Random numbers of a plant, from a seed. */
public final class Noise {
    private final SplittableRandom random;

    public Noise(long seed) {
        random = new SplittableRandom(seed);
    }

    public double uniform() {
        return random.nextDouble();
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** Standard normal (Marsaglia's polar method). */
    public double normal() {
        while (true) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            double s = x * x + y * y;
            if (s > 0 && s < 1) return x * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
        }
    }

    /** How many events of a Poisson process with this mean. */
    public int poisson(double mean) {
        if (mean > 60) return (int) Math.max(0, Math.round(mean + StrictMath.sqrt(mean) * normal()));
        double limit = StrictMath.exp(-mean);
        int count = 0;
        for (double p = random.nextDouble(); p > limit; p *= random.nextDouble()) count++;
        return count;
    }

    /** An autocorrelated series of standard deviation {@code sigma}. */
    public final class Drift {
        private final double phi;
        private final double sigma;
        private double value;

        public Drift(double phi, double sigma) {
            this.phi = phi;
            this.sigma = sigma;
            this.value = sigma * normal();
        }

        public double next() {
            value = phi * value + sigma * StrictMath.sqrt(1 - phi * phi) * normal();
            return value;
        }
    }
}
