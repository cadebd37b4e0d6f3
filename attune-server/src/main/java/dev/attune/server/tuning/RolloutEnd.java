package dev.attune.server.tuning;

import dev.attune.model.kv.KeyValue;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How a rollout ended.
 *
 * @param committed whether the new release is everyone's
 * @param words for a sentence
 */
record RolloutEnd(boolean committed, String words) {
    /** Nothing while it goes on; a rollout that is not there any more counts as one that did not commit. */
    static CompletableFuture<Optional<RolloutEnd>> of(Reads reads, String environment, long number) {
        return reads.one(RolloutKeys.record(environment, number), ReadLevel.STALE)
                .thenApply(found -> found.isEmpty()
                        ? Optional.of(new RolloutEnd(false, "nothing is known of it any more"))
                        : of(found.get()));
    }

    private static Optional<RolloutEnd> of(KeyValue stored) {
        RolloutRecord record = RecordCodec.decodeRecord(stored.value());
        if (!record.phase().isEnd()) return Optional.empty();
        String phase = record.phase().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return Optional.of(new RolloutEnd(
                record.phase() == Phase.COMMITTED, record.reason().isEmpty() ? phase : phase + ", " + record.reason()));
    }
}
