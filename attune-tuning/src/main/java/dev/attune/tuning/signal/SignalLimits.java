package dev.attune.tuning.signal;

/**
 * Bounds of one application's buffer (tuning §2.1 and §2.2).
 *
 * @param seriesMax series kept in steps
 * @param discoveredMax series of which only the last value is known
 * @param labelsMax labels of one series
 * @param labelBytesMax UTF-8 bytes of a metric's name, an instance's id, a label's name, a label's value
 * @param lateStepsMax closed steps that still take samples
 */
public record SignalLimits(int seriesMax, int discoveredMax, int labelsMax, int labelBytesMax, int lateStepsMax) {
    /** The defaults of tuning §2.1. */
    public static final SignalLimits DEFAULT = new SignalLimits(5_000, 5_000, 200, 128, 2);

    public SignalLimits {
        positive("seriesMax", seriesMax);
        positive("discoveredMax", discoveredMax);
        positive("labelsMax", labelsMax);
        positive("labelBytesMax", labelBytesMax);
        positive("lateStepsMax", lateStepsMax);
    }

    private static void positive(String what, int value) {
        if (value <= 0) throw new IllegalArgumentException(what + ": " + value + " (expected: > 0)");
    }
}
