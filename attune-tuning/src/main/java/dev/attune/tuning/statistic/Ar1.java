package dev.attune.tuning.statistic;

/**
 * How much a point resembles the one before it: {@code y(t) - mean = phi (y(t-1) - mean) + e(t)} (tuning §3.8). Detectors
 * that expect independent points get the standardised {@code e}.
 *
 * @param mean the level
 * @param phi the resemblance, 0..0.95
 * @param sigma the standard deviation of {@code e}
 */
public record Ar1(double mean, double phi, double sigma) {
    private static final double PHI_MAX = 0.95;

    /** Fits to at least three points. */
    public static Ar1 fit(double[] points) {
        double mean = Moments.mean(points);
        double crossed = 0;
        double squared = 0;
        for (int t = 1; t < points.length; t++) {
            crossed += (points[t] - mean) * (points[t - 1] - mean);
            squared += (points[t - 1] - mean) * (points[t - 1] - mean);
        }
        double phi = squared <= 0 ? 0 : Math.max(0, Math.min(PHI_MAX, crossed / squared));
        double residuals = 0;
        for (int t = 1; t < points.length; t++) {
            double e = (points[t] - mean) - phi * (points[t - 1] - mean);
            residuals += e * e;
        }
        double sigma = StrictMath.sqrt(residuals / Math.max(1, points.length - 2));
        return new Ar1(mean, phi, Math.max(sigma, 1e-9 * Math.max(1, Math.abs(mean))));
    }

    /** The standardised surprises of {@code points} that follow {@code before}. */
    public double[] surprises(double before, double[] points) {
        double[] surprises = new double[points.length];
        double previous = before;
        for (int t = 0; t < points.length; t++) {
            surprises[t] = ((points[t] - mean) - phi * (previous - mean)) / sigma;
            previous = points[t];
        }
        return surprises;
    }
}
