package dev.attune.store;

import org.jspecify.annotations.Nullable;

/** One open watch and how far it was served. */
final class Watcher {
    /** Where a watcher stands. */
    enum State {
        /** Has seen everything dispatched; gets new revisions as they come. */
        SYNCED,
        /** Is served from history, in turns. */
        CATCHING_UP,
        /** Its sink is full; waits for the host to say that there is room. */
        BLOCKED,
        ENDED
    }

    final long id;
    final WatchView view;
    final WatchSink sink;
    final boolean progress;
    State state = State.CATCHING_UP;
    // The first revision not yet delivered as a whole. While synced it only matters when it lies ahead (W8).
    long next;
    // How many events of the revision next were delivered already, in fragments.
    int skip;
    // Index in the view's list while synced.
    int place;
    boolean progressWanted;
    // Whether anything was delivered since the last round of progress marks.
    boolean active;
    // Why it ends, until the sink has taken that.
    WatchMessage.@Nullable Cancelled ending;

    Watcher(long id, WatchView view, WatchSink sink, boolean progress, long next) {
        this.id = id;
        this.view = view;
        this.sink = sink;
        this.progress = progress;
        this.next = next;
    }

    /** Offers the messages of one revision; on refusal remembers where to go on and returns false. */
    boolean offer(long revision, Iterable<WatchEvents> messages) {
        for (WatchEvents message : messages) {
            if (!sink.offer(message)) {
                next = revision;
                return false;
            }
            active = true;
            skip = message.last() ? 0 : skip + message.events().size();
        }
        next = revision + 1;
        return true;
    }
}
