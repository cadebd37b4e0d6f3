package dev.attune.bench.bed;

/**
 * What the world is like for a while, for each service process.
 *
 * @param name in tables and charts
 * @param baseMillis what the downstream takes when nothing else is there
 * @param knee at how many calls at once it takes twice as long
 * @param rate requests a second, in the mean
 * @param itemBytes of one request
 */
record Phase(String name, double baseMillis, double knee, double rate, int itemBytes) {
    Phase {
        if (!(baseMillis > 0 && knee > 0 && rate > 0))
            throw new IllegalArgumentException(
                    "phase: " + baseMillis + " ms, " + knee + ", " + rate + "/s (expected: > 0)");
        if (itemBytes < 0) throw new IllegalArgumentException("itemBytes: " + itemBytes + " (expected: >= 0)");
    }

    /** How long a downstream call takes while {@code active} are under way, itself included. */
    double waitMillis(double active) {
        return waitMillis(baseMillis, knee, active);
    }

    static double waitMillis(double baseMillis, double knee, double active) {
        return baseMillis * (1 + (active / knee) * (active / knee));
    }

    /** What a pool of {@code threads} can answer in a second when all of them are busy. */
    double capacity(int threads) {
        return threads * 1_000 / waitMillis(threads);
    }

    /**
     * Answers in time a second, in the mean and after all has settled: everything while there is capacity; under overload
     * the queue is full, so that answers take the time of a whole queue, and all or none are in time.
     *
     * @param queue how many requests may wait
     */
    double goodput(int threads, int queue, double deadlineMillis) {
        double capacity = capacity(threads);
        if (capacity >= rate) return waitMillis(threads) <= deadlineMillis ? rate : 0;
        double latency = queue * 1_000 / capacity + waitMillis(threads);
        return latency <= deadlineMillis ? capacity : 0;
    }

    /** The most goodput that a pool between the bounds gives. */
    double best(int least, int most, int queue, double deadlineMillis) {
        double best = 0;
        for (int threads = least; threads <= most; threads++)
            best = Math.max(best, goodput(threads, queue, deadlineMillis));
        return best;
    }
}
