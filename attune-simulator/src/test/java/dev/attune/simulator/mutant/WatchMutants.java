package dev.attune.simulator.mutant;

import dev.attune.model.kv.Event;
import dev.attune.simulator.world.Parts;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.ResultCodec;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bugs around watches. */
final class WatchMutants {
    private WatchMutants() {}

    static final class DropsWhenFull implements Parts {
        @Override
        public WatchSink sink(WatchSink queue) {
            return message -> {
                boolean taken = queue.offer(message);
                return taken || message instanceof WatchEvents;
            };
        }
    }

    static final class GoesBack implements Parts {
        @Override
        public WatchSink sink(WatchSink queue) {
            return new WatchSink() {
                private @Nullable WatchMessage older;
                private int count;

                @Override
                public boolean offer(WatchMessage message) {
                    if (!queue.offer(message)) return false;
                    if (message instanceof WatchEvents) {
                        if (++count % 7 == 0 && older != null) queue.offer(older);
                        older = message;
                    }
                    return true;
                }
            };
        }
    }

    static final class MarkBeforeEvents implements Parts {
        @Override
        public WatchSink sink(WatchSink queue) {
            return message -> {
                if (message instanceof WatchEvents events) queue.offer(new WatchMessage.Progress(events.revision()));
                return queue.offer(message);
            };
        }
    }

    static final class EventTwice implements Parts {
        @Override
        public WatchSink sink(WatchSink queue) {
            return message -> {
                boolean taken = queue.offer(message);
                if (taken && message instanceof WatchEvents events && events.revision() % 11 == 0) queue.offer(message);
                return taken;
            };
        }
    }

    static final class SplitsRevision implements Parts {
        @Override
        public WatchSink sink(WatchSink queue) {
            return message -> {
                if (!(message instanceof WatchEvents events) || events.events().size() < 2) return queue.offer(message);
                int half = events.events().size() / 2;
                int size = events.events().size();
                return queue.offer(new WatchEvents(
                                events.revision(), events.events().subList(0, half), true))
                        && queue.offer(new WatchEvents(
                                events.revision(), events.events().subList(half, size), events.last()));
            };
        }
    }

    /** Deletes at the revision that history begins at are not found any more. */
    static final class LosesDeletes implements Parts {
        private long compacted;

        @Override
        public Applier applier(int number, Applier store) {
            return (index, command) -> {
                byte[] result = store.apply(index, command);
                if (CommandCodec.decode(command) instanceof Command.Compact compact
                        && ResultCodec.decode(result).error() == null) compacted = compact.revision();
                return result;
            };
        }

        @Override
        public WatchSink sink(WatchSink queue) {
            return message -> {
                if (!(message instanceof WatchEvents events) || events.revision() != compacted)
                    return queue.offer(message);
                List<Event> puts = events.events().stream()
                        .filter(each -> !each.isDelete())
                        .toList();
                return puts.isEmpty() || queue.offer(new WatchEvents(events.revision(), puts, events.last()));
            };
        }
    }

    static final class FutureStartsNow implements Parts {
        @Override
        public WatchSpec watch(WatchSpec asked, long revision) {
            return asked.startRevision() > revision + 1 ? startingAt(asked, revision + 1) : asked;
        }
    }

    static final class ResumedStartsNow implements Parts {
        @Override
        public WatchSpec watch(WatchSpec asked, long revision) {
            return asked.startRevision() > 1 ? startingAt(asked, 0) : asked;
        }
    }

    private static WatchSpec startingAt(WatchSpec asked, long revision) {
        return new WatchSpec(
                asked.range(),
                revision,
                asked.previous(),
                asked.puts(),
                asked.deletes(),
                asked.progress(),
                asked.fragmentBytesMax());
    }
}
