package dev.attune.server.rollouts;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rollouts that have not ended, as this node's watch shows them. Empty when none runs. One thread. */
final class Mirror {
    private final TreeMap<RolloutId, Shown> unfinished = new TreeMap<>();
    private long revision;

    /** One rollout. */
    static final class Shown {
        RolloutRecord record;
        long recordRevision;
        final TreeMap<InstanceRef, Target> instances = new TreeMap<>();

        @Nullable Verdict verdict;

        Shown(RolloutRecord record, long recordRevision) {
            this.record = record;
            this.recordRevision = recordRevision;
        }
    }

    SortedMap<RolloutId, Shown> unfinished() {
        return unfinished;
    }

    boolean isEmpty() {
        return unfinished.isEmpty();
    }

    /** Everything of rollouts up to this revision is shown. */
    long revision() {
        return revision;
    }

    /** Everything up to {@code to} has been shown. */
    void advance(long to) {
        revision = Math.max(revision, to);
    }

    void clear() {
        unfinished.clear();
        revision = 0;
    }

    /**
     * A key changed; a record comes before its targets.
     *
     * @return the rollout whose record this is; empty for another key
     */
    Optional<RolloutId> changed(Event event) {
        KeyValue stored = event.keyValue();
        revision = Math.max(revision, stored.modRevision());
        Optional<RolloutKeys.Address> address = RolloutKeys.parse(stored.key());
        if (address.isEmpty()) return Optional.empty();
        RolloutId id = new RolloutId(address.get().environment(), address.get().number());
        if (address.get() instanceof RolloutKeys.Address.OfRecord) {
            record(id, stored);
            return Optional.of(id);
        }
        Shown shown = unfinished.get(id);
        if (shown == null) return Optional.empty();
        if (address.get() instanceof RolloutKeys.Address.OfInstance target) {
            if (stored.isDeleted()) shown.instances.remove(target.instance());
            else
                shown.instances.put(
                        target.instance(),
                        new Target(RecordCodec.decodeProgress(stored.value()), stored.modRevision()));
        } else {
            shown.verdict = stored.isDeleted() ? null : RecordCodec.decodeVerdict(stored.value());
        }
        return Optional.empty();
    }

    private void record(RolloutId id, KeyValue stored) {
        RolloutRecord record = stored.isDeleted() ? null : RecordCodec.decodeRecord(stored.value());
        if (record == null || record.phase().isEnd()) {
            unfinished.remove(id);
            return;
        }
        Shown shown = unfinished.computeIfAbsent(id, none -> new Shown(record, stored.modRevision()));
        shown.record = record;
        shown.recordRevision = stored.modRevision();
    }

    /** Whether an earlier rollout that has not ended moves one of the same files. */
    boolean waits(RolloutId id, RolloutRecord record) {
        Set<String> files = new HashSet<>();
        for (FileMove each : record.plan().files()) files.add(each.file().toString());
        for (var entry : unfinished.entrySet()) {
            RolloutId other = entry.getKey();
            if (!other.environment().equals(id.environment()) || other.number() >= id.number()) continue;
            for (FileMove each : entry.getValue().record.plan().files())
                if (files.contains(each.file().toString())) return true;
        }
        return false;
    }
}
