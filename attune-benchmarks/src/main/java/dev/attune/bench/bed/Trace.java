package dev.attune.bench.bed;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of one contender showed.
 *
 * @param contender its name
 * @param repeat 1 for the first
 * @param rows a tick each
 * @param remark of the steering
 */
record Trace(String contender, int repeat, List<Row> rows, String remark) {
    Trace {
        rows = List.copyOf(rows);
    }

    /**
     * One tick.
     *
     * @param seconds since the first phase began
     * @param phase its index
     * @param setting in the mean of the nodes
     * @param goodput answers in time a second, of a node
     * @param p95 of the latencies in milliseconds
     * @param heap in use after collection, as a share
     * @param queued requests that wait, of a node
     * @param rejected the share of requests that were turned away
     * @param exhausted how often memory ran out so far
     */
    record Row(
            double seconds,
            int phase,
            double setting,
            double goodput,
            double p95,
            double heap,
            double queued,
            double rejected,
            long exhausted) {}

    /** The mean over a phase's ticks. */
    double mean(int phase, ToDoubleFunction<Row> figure) {
        return rows.stream()
                .filter(each -> each.phase() == phase)
                .mapToDouble(figure)
                .average()
                .orElse(Double.NaN);
    }

    /** The mean over the second half of a phase. */
    double settled(int phase, ToDoubleFunction<Row> figure) {
        List<Row> of = rows.stream().filter(each -> each.phase() == phase).toList();
        return of.subList(of.size() / 2, of.size()).stream()
                .mapToDouble(figure)
                .average()
                .orElse(Double.NaN);
    }

    /** The mean over all ticks. */
    double mean(ToDoubleFunction<Row> figure) {
        return rows.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    double max(ToDoubleFunction<Row> figure) {
        return rows.stream().mapToDouble(figure).max().orElse(Double.NaN);
    }
}
