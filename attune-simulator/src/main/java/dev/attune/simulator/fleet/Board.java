package dev.attune.simulator.fleet;

import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.rollout.coordinate.FileStand;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What someone who follows the keys knows of rollouts and pointers. */
final class Board {
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final TreeMap<Coordinate, Pointer> pointers = new TreeMap<>(Coordinates.ORDER);

    /** A pointer as stored. */
    record Pointer(SimPointer pointer, long revision) {}

    /** One rollout. */
    static final class Entry {
        private final TreeMap<InstanceRef, Target> targets = new TreeMap<>();
        private @Nullable RolloutRecord record;
        private long revision;
        private @Nullable Verdict verdict;

        SortedMap<InstanceRef, Target> targets() {
            return targets;
        }

        @Nullable RolloutRecord record() {
            return record;
        }

        long revision() {
            return revision;
        }

        @Nullable Verdict verdict() {
            return verdict;
        }
    }

    void changed(Event event) {
        KeyValue stored = event.keyValue();
        if (SimPointer.isKey(stored.key())) {
            Coordinate file = SimPointer.file(stored.key());
            pointers.put(file, new Pointer(SimPointer.decode(stored.value()), stored.modRevision()));
            return;
        }
        RolloutKeys.parse(stored.key()).ifPresent(address -> {
            Entry entry = entries.computeIfAbsent(address.number(), none -> new Entry());
            Bytes value = stored.value();
            if (address instanceof RolloutKeys.Address.OfInstance target) {
                entry.targets.put(
                        target.instance(), new Target(RecordCodec.decodeProgress(value), stored.modRevision()));
            } else if (address instanceof RolloutKeys.Address.OfVerdict) {
                entry.verdict = RecordCodec.decodeVerdict(value);
            } else {
                entry.record = RecordCodec.decodeRecord(value);
                entry.revision = stored.modRevision();
            }
        });
    }

    Map<Long, Entry> entries() {
        return entries;
    }

    @Nullable Entry entry(long number) {
        return entries.get(number);
    }

    @Nullable Pointer pointer(Coordinate file) {
        return pointers.get(file);
    }

    long newest() {
        return entries.isEmpty() ? 0 : entries.lastKey();
    }

    /** Rollouts that have not ended, oldest first. */
    List<Entry> running() {
        List<Entry> running = new ArrayList<>();
        for (Entry each : entries.values()) {
            RolloutRecord record = each.record;
            if (record != null && !record.phase().isEnd()) running.add(each);
        }
        return running;
    }

    /** Whether an earlier rollout that has not ended moves one of the files. */
    boolean waits(RolloutRecord record) {
        for (Entry each : running()) {
            RolloutRecord other = each.record;
            if (other == null || other.number() >= record.number()) continue;
            for (FileMove move : other.plan().files())
                for (FileMove own : record.plan().files()) if (own.file().equals(move.file())) return true;
        }
        return false;
    }

    List<FileStand> stands(RolloutRecord record) {
        List<FileStand> stands = new ArrayList<>();
        for (FileMove each : record.plan().files()) {
            Pointer pointer = pointers.get(each.file());
            if (pointer == null) continue;
            stands.add(new FileStand(
                    each.file(), pointer.pointer().stable(), pointer.pointer().rollout()));
        }
        return stands;
    }

    /** What an instance is to have. */
    Map<Coordinate, Long> state(InstanceRef instance) {
        TreeMap<Coordinate, Long> state = new TreeMap<>(Coordinates.ORDER);
        pointers.forEach((file, pointer) -> state.put(file, pointer.pointer().releaseFor(instance)));
        return state;
    }
}
