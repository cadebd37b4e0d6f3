package dev.attune.bench;

import java.util.ArrayList;
import java.util.List;

/** What several rounds of one measurement gave, in the measurement's unit. */
public record Summary(double median, double min, double max) {
    /** Needs at least one value. */
    public static Summary of(List<Double> values) {
        if (values.isEmpty()) throw new IllegalArgumentException("values: 0 (expected: >= 1)");
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Summary(median, sorted.get(0), sorted.get(sorted.size() - 1));
    }

    /**
     * The ratio of two measurements round by round, since what disturbs a machine disturbs neighbours alike. Both lists
     * have one value of each round.
     */
    public static Summary ratios(List<Double> numerators, List<Double> denominators) {
        if (numerators.size() != denominators.size())
            throw new IllegalArgumentException(
                    "denominators: " + denominators.size() + " (expected: " + numerators.size() + ")");
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < numerators.size(); i++) ratios.add(numerators.get(i) / denominators.get(i));
        return of(ratios);
    }

    /** The value at or below which {@code percent} of the values lie (nearest rank); 1 to 100. */
    public static double percentile(List<Double> values, int percent) {
        if (values.isEmpty()) throw new IllegalArgumentException("values: 0 (expected: >= 1)");
        if (percent < 1 || percent > 100)
            throw new IllegalArgumentException("percent: " + percent + " (expected: 1..100)");
        List<Double> sorted = values.stream().sorted().toList();
        int rank = (int) Math.ceil(sorted.size() * (percent / 100.0));
        return sorted.get(Math.max(rank, 1) - 1);
    }
}
