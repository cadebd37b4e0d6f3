package dev.attune.server.tuning;

import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Fences decisions by the leader's term: who leads writes its term down before it decides, and every decision compares that
 * nobody wrote a later one. So a leader that does not know yet that it was deposed decides nothing more.
 *
 * <p>Used by one turn at a time.
 */
final class Fence {
    private final Reads reads;
    private long claimed = -1;
    private long sinceMillis;

    Fence(Reads reads) {
        this.reads = reads;
    }

    /** Since when this leader may decide, in milliseconds of the epoch. */
    long sinceMillis() {
        return sinceMillis;
    }

    /**
     * What decisions of this turn compare; nothing when none may be taken yet, or any more.
     *
     * @param term in which this node leads
     */
    CompletableFuture<Optional<Compare>> hold(Survey survey, long term, long nowMillis) {
        long written = survey.find(TuneKeys.TERM)
                .map(each -> new Decoder(each.value()).varint())
                .orElse(-1L);
        Compare unchanged = survey.unchanged(TuneKeys.TERM);
        if (written > term) return CompletableFuture.completedFuture(Optional.empty());
        if (written == term) {
            if (claimed != term) claim(term, nowMillis);
            return CompletableFuture.completedFuture(Optional.of(unchanged));
        }
        Operation.Put put =
                Operation.Put.of(TuneKeys.TERM, new Encoder(10).varint(term).toBytes());
        return reads.run(new Operation.Txn(List.of(unchanged), List.of(put), List.of()))
                .thenApply(done -> {
                    if (done.succeeded()) claim(term, nowMillis);
                    // The next turn reads it and goes on.
                    return Optional.empty();
                });
    }

    private void claim(long term, long nowMillis) {
        claimed = term;
        sinceMillis = nowMillis;
    }
}
