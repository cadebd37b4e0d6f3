package dev.attune.server.otlp;

import dev.attune.server.signals.SignalBatch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What of a request could be understood, and what was refused for which reasons. One thread. */
final class Received {
    private static final int REASONS_MAX = 8;

    final List<SignalBatch> batches = new ArrayList<>();
    private final Set<String> reasons = new LinkedHashSet<>();
    private long refused;
    private long foreign;

    void refuse(long count, String why) {
        if (count == 0) return;
        refused += count;
        if (reasons.size() < REASONS_MAX) reasons.add(why);
    }

    /** Refuses what the caller may not speak for. */
    void foreign(long count, String why) {
        foreign += count;
        refuse(count, why);
    }

    long refused() {
        return refused;
    }

    /** Whether there was something, and nothing of it was the caller's to send. */
    boolean isForeign() {
        return foreign > 0 && batches.isEmpty();
    }

    String reasons() {
        return String.join("; ", reasons);
    }

    long bytes() {
        long bytes = 0;
        for (SignalBatch each : batches) bytes += each.bytes();
        return bytes;
    }
}
