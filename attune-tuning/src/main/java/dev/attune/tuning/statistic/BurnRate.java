package dev.attune.tuning.statistic;

/**
 * How fast an error budget is used up: the error ratio over what the objective allows. Fires when a short and a long
 * window both burn too fast, so that it neither lags nor flaps (tuning §3.8; the pairs are those of the Google SRE
 * workbook).
 *
 * @param factor how many times too fast
 */
public record BurnRate(double factor) {
    /** For windows of five minutes and an hour. */
    public static final BurnRate FAST = new BurnRate(14.4);

    /** For windows of half an hour and six hours. */
    public static final BurnRate SLOW = new BurnRate(6);

    /**
     * Whether the budget burns too fast.
     *
     * @param objective the share that must succeed, 0..1
     * @param shortRatio the failed share in the short window
     * @param longRatio the failed share in the long one
     */
    public boolean fires(double objective, double shortRatio, double longRatio) {
        double budget = 1 - objective;
        return budget > 0 && shortRatio / budget >= factor && longRatio / budget >= factor;
    }
}
