package dev.attune.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A key's value over time as one line of blocks: each column is a stretch of time, and as high as the value that was in force
 * at its end, between the least and the greatest. For words there is none.
 */
final class KeyChart {
    private static final String LEVELS = "▁▂▃▄▅▆▇█";

    private KeyChart() {}

    /** A value that came into force. */
    record Point(long atMillis, String value) {}

    /**
     * Draws.
     *
     * @param points by time; the first begins the chart
     * @param untilMillis where it ends
     * @param width in columns
     */
    static String draw(List<Point> points, long untilMillis, int width) {
        List<double[]> numbers = new ArrayList<>();
        for (Point each : points) {
            try {
                double value = Double.parseDouble(each.value());
                if (Double.isFinite(value)) numbers.add(new double[] {each.atMillis(), value});
            } catch (NumberFormatException e) {
                // A word has no height.
            }
        }
        if (numbers.isEmpty() || width < 1) return "";
        double least = numbers.stream().mapToDouble(each -> each[1]).min().orElse(0);
        double greatest = numbers.stream().mapToDouble(each -> each[1]).max().orElse(0);
        double start = numbers.get(0)[0];
        double length = Math.max(1, untilMillis - start);
        StringBuilder line = new StringBuilder();
        int next = 0;
        double value = numbers.get(0)[1];
        for (int column = 0; column < width; column++) {
            double end = start + length * (column + 1) / width;
            while (next < numbers.size() && numbers.get(next)[0] <= end) value = numbers.get(next++)[1];
            double height = greatest > least ? (value - least) / (greatest - least) : 0;
            line.append(LEVELS.charAt((int) Math.round(height * (LEVELS.length() - 1))));
        }
        return line + "  " + shown(least) + " to " + shown(greatest);
    }

    private static String shown(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }
}
