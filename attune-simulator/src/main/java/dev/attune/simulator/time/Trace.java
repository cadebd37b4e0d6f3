package dev.attune.simulator.time;

import dev.attune.simulator.chance.Chance;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a run, as a hash that is equal exactly when everything noted was, and as lines for people: the last
 * few always, all of them to a sink when there is one.
 */
public final class Trace {
    private static final int KEPT = 200;

    private final EventHeap time;
    private final @Nullable Consumer<String> sink;
    private final ArrayDeque<Note> last = new ArrayDeque<>();
    private long hash;

    public Trace(EventHeap time, @Nullable Consumer<String> sink) {
        this.time = time;
        this.sink = sink;
    }

    /**
     * Notes that {@code what} happened at {@code where} (a server, client or link), with two numbers that tell it from
     * others of its kind. {@code what} is a constant, so its hash is that of its characters on every JVM.
     */
    public void note(String where, String what, long first, long second) {
        long bits = Chance.mix(time.now() ^ ((long) where.hashCode() << 32) ^ what.hashCode());
        hash = Chance.mix(hash * 31 + bits + Chance.mix(first) * 7 + Chance.mix(second + 0x5bd1e995L) * 3);
        Note note = new Note(time.now(), where, what, first, second);
        if (sink != null) sink.accept(note.toString());
        if (last.size() == KEPT) last.removeFirst();
        last.addLast(note);
    }

    /** The hash of everything noted so far. */
    public long hash() {
        return hash;
    }

    /** The last lines, oldest first. */
    public List<String> last() {
        return last.stream().map(Note::toString).toList();
    }

    private record Note(long at, String where, String what, long first, long second) {
        @Override
        public String toString() {
            return String.format("%,12d µs  %-8s %-28s %d %d", at, where, what, first, second);
        }
    }
}
