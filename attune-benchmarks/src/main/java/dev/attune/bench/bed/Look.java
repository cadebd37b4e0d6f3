package dev.attune.bench.bed;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What one tick showed.
 *
 * @param seconds that it lasted
 * @param settings of the nodes during it
 * @param nodes what each said and did
 */
record Look(double seconds, List<Integer> settings, List<Node> nodes) {
    /** One service process. */
    record Node(ServiceProcess.Stats stats, LoadStream.Outcome load) {}

    Look {
        settings = List.copyOf(settings);
        nodes = List.copyOf(nodes);
    }

    /** The 95th percentile of all answers' latencies, in milliseconds; 0 without one. */
    double p95Millis() {
        Histogram all = new Histogram(3);
        for (Node each : nodes) all.add(each.load().micros());
        return all.getTotalCount() == 0 ? 0 : all.getValueAtPercentile(95) / 1e3;
    }

    /** The mean setting. */
    double setting() {
        return settings.stream().mapToInt(each -> each).average().orElse(0);
    }

    /** Answers in time a second, of each node in the mean. */
    double goodput() {
        return nodes.stream().mapToLong(each -> each.load().inTime()).average().orElse(0) / seconds;
    }

    /** The share of pool threads at work. */
    double utilisation() {
        return nodes.stream()
                .mapToDouble(
                        each -> (double) each.stats().active() / each.stats().pool())
                .average()
                .orElse(0);
    }

    /** Heap in use after collection, as a share of what it may take, of the fullest node. */
    double heap() {
        return nodes.stream()
                .mapToDouble(each -> each.stats().heapShare())
                .max()
                .orElse(0);
    }

    /** Requests that wait, of each node in the mean. */
    double queued() {
        return nodes.stream().mapToInt(each -> each.stats().queued()).average().orElse(0);
    }

    /** The share of requests that were turned away. */
    double rejected() {
        long sent = nodes.stream().mapToLong(each -> each.load().sent()).sum();
        long rejected = nodes.stream().mapToLong(each -> each.load().rejected()).sum();
        return sent == 0 ? 0 : (double) rejected / sent;
    }

    /** How often memory ran out so far. */
    long exhausted() {
        return nodes.stream().mapToLong(each -> each.stats().exhausted()).sum();
    }
}
