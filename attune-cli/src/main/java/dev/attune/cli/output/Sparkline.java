package dev.attune.cli.output;

/** A row of numbers as a line of small bars between its least and its greatest; what is missing is a dot. */
public final class Sparkline {
    private static final String BARS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /** One character for each number; not a number for what is missing. */
    public static String of(double[] values) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (double each : values) {
            if (!Double.isFinite(each)) continue;
            least = Math.min(least, each);
            greatest = Math.max(greatest, each);
        }
        StringBuilder line = new StringBuilder();
        for (double each : values) {
            if (!Double.isFinite(each)) {
                line.append('·');
                continue;
            }
            double share = greatest > least ? (each - least) / (greatest - least) : 0.5;
            line.append(BARS.charAt((int) Math.min(BARS.length() - 1, share * BARS.length())));
        }
        return line.toString();
    }
}
