package dev.attune.server.tuning;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** Counts what this node's policies came to. Safe for all threads. */
public final class TuneMeters {
    private static final int CODES_MAX = 64;

    private final Map<String, AtomicLong> decisions = new ConcurrentSkipListMap<>();
    private final AtomicLong reverts = new AtomicLong();

    void decided(DecisionEntry.Said said) {
        String code = said.code().isEmpty() ? said.outcome() : said.code();
        // Codes are few; the bound only keeps a mistake from growing without end.
        if (decisions.size() < CODES_MAX || decisions.containsKey(code))
            decisions.computeIfAbsent(code, none -> new AtomicLong()).incrementAndGet();
    }

    void reverted() {
        reverts.incrementAndGet();
    }

    /** How often each outcome or refusal was decided by this node, by its code in lower case. */
    public void decisions(BiConsumer<String, Long> each) {
        decisions.forEach((code, count) -> each.accept(code.toLowerCase(java.util.Locale.ROOT), count.get()));
    }

    /** Changes that this node's policies took back. */
    public long reverts() {
        return reverts.get();
    }
}
