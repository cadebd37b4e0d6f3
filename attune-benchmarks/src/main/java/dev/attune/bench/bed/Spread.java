package dev.attune.bench.bed;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** The same figure of several runs. */
record Spread(double median, double least, double most) {
    static Spread of(Collection<Double> figures) {
        double[] sorted = figures.stream()
                .mapToDouble(each -> each)
                .filter(each -> !Double.isNaN(each))
                .sorted()
                .toArray();
        if (sorted.length == 0) return new Spread(Double.NaN, Double.NaN, Double.NaN);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], Arrays.stream(sorted).max().orElse(Double.NaN));
    }

    /** Median, least and most; {@code format} is of one number. */
    String text(String format) {
        if (Double.isNaN(median)) return "–";
        String all = String.format(Locale.ROOT, format, median);
        return all + " (" + String.format(Locale.ROOT, format, least) + "–" + String.format(Locale.ROOT, format, most)
                + ")";
    }
}
