package dev.attune.simulator.mutant;

import dev.attune.model.RequestId;
import dev.attune.simulator.world.Parts;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.CommandResult;
import dev.attune.store.ResultCodec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Bugs around the store. */
final class StoreMutants {
    private StoreMutants() {}

    private static byte[] withoutId(byte[] command) {
        return CommandCodec.decode(command) instanceof Command.Mutate mutate
                ? CommandCodec.encode(new Command.Mutate(null, mutate.operation()))
                : command;
    }

    /** Takes a leap of the index for a snapshot, and knows no request from before it. */
    static final class SnapshotWithoutRequests implements Parts {
        private static final int LEAP = 8;

        private final Map<Integer, Long> last = new HashMap<>();
        // Per server: nothing before this index is known to it.
        private final Map<Integer, Long> blind = new HashMap<>();
        private final Map<String, Long> first = new HashMap<>();

        @Override
        public Applier applier(int number, Applier store) {
            return (index, command) -> {
                Long before = last.put(number, index);
                if (index > (before == null ? 0 : before) + LEAP) blind.put(number, index);
                RequestId id =
                        CommandCodec.decode(command) instanceof Command.Mutate mutate ? mutate.requestId() : null;
                if (id == null) return store.apply(index, command);
                long chosenFirst = first.merge(id.clientId() + "/" + id.sequence(), index, Math::min);
                boolean forgotten = chosenFirst < blind.getOrDefault(number, 0L);
                return store.apply(index, forgotten ? withoutId(command) : command);
            };
        }
    }

    static final class RepeatsWithoutId implements Parts {
        @Override
        public byte[] repeated(byte[] command) {
            return withoutId(command);
        }
    }

    /** After a compaction and the next start, answers name the revision before. */
    static final class RevisionFalls implements Parts {
        private final Set<Integer> compacted = new HashSet<>();
        private final Set<Integer> fallen = new HashSet<>();

        @Override
        public void started(int number) {
            if (compacted.remove(number)) fallen.add(number);
        }

        @Override
        public Applier applier(int number, Applier store) {
            return (index, command) -> {
                byte[] encoded = store.apply(index, command);
                if (CommandCodec.decode(command) instanceof Command.Compact) compacted.add(number);
                if (!fallen.contains(number)) return encoded;
                CommandResult result = ResultCodec.decode(encoded);
                return ResultCodec.encode(
                        new CommandResult(result.revision() - 1, result.error(), result.message(), result.result()));
            };
        }
    }

    static final class AppliesDifferently implements Parts {
        @Override
        public Applier applier(int number, Applier store) {
            return (index, command) ->
                    store.apply(index, number == 1 && index % 50 == 0 ? withoutId(command) : command);
        }
    }
}
