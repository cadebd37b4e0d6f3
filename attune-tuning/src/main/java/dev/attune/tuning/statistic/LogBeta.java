package dev.attune.tuning.statistic;

import org.hipparchus.special.Beta;

/**
 * The logarithm of the regularised incomplete beta function, also where the function itself is too small for a double: by
 * its continued fraction (Abramowitz and Stegun 26.5.8), evaluated by Lentz's method.
 */
final class LogBeta {
    private static final double TINY = 1e-300;
    private static final double PRECISION = 1e-14;
    private static final int TERMS_MAX = 20_000;

    private LogBeta() {}

    /** ln I_x(a, b) for 0 < x < 1. */
    static double logRegularized(double x, double a, double b) {
        // The fraction converges fast on this side of the mean; the other side follows from I_x(a, b) + I_(1-x)(b, a) =
        // 1.
        if (x <= (a + 1) / (a + b + 2)) return logByFraction(x, a, b);
        return StrictMath.log1p(-StrictMath.exp(logByFraction(1 - x, b, a)));
    }

    private static double logByFraction(double x, double a, double b) {
        double front = a * StrictMath.log(x) + b * StrictMath.log1p(-x) - StrictMath.log(a) - Beta.logBeta(a, b);
        return front + StrictMath.log(fraction(x, a, b));
    }

    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / notZero(1 - (a + b) * x / (a + 1));
        double result = d;
        for (int m = 1; m <= TERMS_MAX; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / notZero(1 + even * d);
            c = notZero(1 + even / c);
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / notZero(1 + odd * d);
            c = notZero(1 + odd / c);
            result *= d * c;
            if (Math.abs(d * c - 1) < PRECISION) break;
        }
        return result;
    }

    private static double notZero(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }
}
