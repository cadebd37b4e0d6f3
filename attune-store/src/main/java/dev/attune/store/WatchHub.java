package dev.attune.store;

import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.store.RecentRevisions.RevisionChanges;
import dev.attune.store.Watcher.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells watchers what changed: every matching event of every revision from their start on, in order, once, the events
 * of one revision together (W1–W5, W8, W9).
 *
 * <p>Stepped by its host: after commits, and as long as {@link #advance} says that there is more to do. All methods
 * are called by one thread at a time, and only while nobody writes to the store; the host may use any thread that holds
 * its read lock. Sinks are called from within these methods and must not call back. A watcher that keeps up is served
 * from memory; one that starts in the past or whose sink was full is served from history in bounded turns, so it neither
 * holds memory nor delays others (W11).
 */
public final class WatchHub {
    // How many changes and deliveries one step does for watchers that catch up.
    private static final int STEP_WORK_MAX = 8192;

    private final Store store;
    private final Map<Long, Watcher> watchers = new LinkedHashMap<>();
    private final Map<WatchView.Key, WatchView> views = new LinkedHashMap<>();
    private final RangeIndex<WatchView> index = new RangeIndex<>();
    private final ArrayDeque<Watcher> catchingUp = new ArrayDeque<>();
    // Synced watchers that asked for a mark while revisions were still to be dispatched.
    private final Set<Watcher> awaitingProgress = new LinkedHashSet<>();
    private long lastId;
    // Invariant: every synced watcher was offered everything up to it.
    private long dispatched;

    public WatchHub(Store store) {
        this.store = store;
        this.dispatched = store.revision();
    }

    /**
     * Starts a watch and returns its id, unique in this hub. Nothing is delivered from within; a start that is
     * compacted is told as {@link WatchMessage.Cancelled} by the next {@link #advance}.
     */
    public long open(WatchSpec spec, WatchSink sink) {
        WatchView view = views.computeIfAbsent(WatchView.Key.of(spec), key -> {
            WatchView made = new WatchView(key);
            index.add(key.range(), made);
            return made;
        });
        view.count(1);
        long next = spec.startRevision() <= 0 ? store.revision() + 1 : spec.startRevision();
        Watcher watcher = new Watcher(++lastId, view, sink, spec.progress(), next);
        watchers.put(watcher.id, watcher);
        if (next > store.revision()) sync(watcher);
        else catchUp(watcher);
        return watcher.id;
    }

    /** Ends a watch; its sink is not called again. Unknown ids are ignored. */
    public void cancel(long id) {
        Watcher watcher = watchers.get(id);
        if (watcher != null) end(watcher);
    }

    /** Says that the sink has room again after it refused; the watch goes on with the next {@link #advance}. */
    public void resume(long id) {
        Watcher watcher = watchers.get(id);
        if (watcher != null && watcher.state == State.BLOCKED) catchUp(watcher);
    }

    /**
     * Asks for a progress mark as soon as everything up to now was delivered (W6); at once when it was. A watch that
     * starts in the future is answered when the store gets there. Requests that wait together get one mark.
     */
    public void requestProgress(long id) {
        Watcher watcher = watchers.get(id);
        if (watcher == null) return;
        watcher.progressWanted = true;
        if (watcher.state != State.SYNCED) return;
        if (dispatched == store.revision()) answerProgress(watcher);
        else awaitingProgress.add(watcher);
    }

    /**
     * Sends a progress mark to each watcher that asked for them, has seen everything and was sent nothing since the last
     * call. The host calls this at its interval.
     */
    public void progress() {
        for (Watcher watcher : new ArrayList<>(watchers.values())) {
            if (watcher.progress && watcher.state == State.SYNCED && !watcher.active && !isAhead(watcher))
                offerProgress(watcher);
            watcher.active = false;
        }
    }

    /** Delivers new revisions, then serves watchers that catch up for a bounded turn. Returns whether more waits. */
    public boolean advance() {
        dispatchNew();
        awaitingProgress.removeIf(each -> {
            if (each.state != State.SYNCED || !each.progressWanted) return true;
            if (isAhead(each)) return false;
            offerProgress(each);
            return true;
        });
        WatchHistory history = new WatchHistory(store, dispatched);
        int work = 0;
        while (!catchingUp.isEmpty() && work + history.examined() < STEP_WORK_MAX) {
            Watcher watcher = catchingUp.removeFirst();
            if (watcher.state != State.CATCHING_UP) continue;
            work += 1 + serve(watcher, history);
        }
        return !catchingUp.isEmpty();
    }

    /** Every synced watcher was offered everything up to this revision. */
    public long dispatchedRevision() {
        return dispatched;
    }

    /** How many watches are open. */
    public int watcherCount() {
        return watchers.size();
    }

    /** How many of them still catch up or wait for room. */
    public int behindCount() {
        int behind = 0;
        for (Watcher each : watchers.values()) if (each.state != State.SYNCED) behind++;
        return behind;
    }

    private void dispatchNew() {
        long newest = store.revision();
        if (newest < dispatched) cancelAll();
        while (dispatched < newest) {
            RevisionChanges next = store.recent().get(dispatched + 1);
            if (next == null) {
                leaveBehind();
                dispatched = newest;
                return;
            }
            dispatch(next);
            dispatched++;
        }
    }

    private void dispatch(RevisionChanges revision) {
        List<WatchView> touched = new ArrayList<>();
        for (KeyValue change : revision.changes()) {
            @Nullable Event[] made = new Event[2];
            index.forEach(change.key(), view -> {
                if (view.synced().isEmpty() || !view.wants(change)) return;
                int form = view.key().previous() ? 1 : 0;
                Event event = made[form];
                if (event == null) {
                    event = WatchHistory.event(store.versions(), change, form == 1);
                    made[form] = event;
                }
                if (view.match(event)) touched.add(view);
            });
        }
        for (WatchView view : touched) deliver(view, revision.revision());
    }

    private void deliver(WatchView view, long revision) {
        List<WatchEvents> messages = view.messages(revision, view.takeMatched());
        List<Watcher> synced = view.synced();
        // Backwards, since a watcher that leaves is replaced by the last one.
        for (int i = synced.size() - 1; i >= 0; i--) {
            Watcher watcher = synced.get(i);
            if (watcher.next > revision) continue;
            watcher.skip = 0;
            if (!watcher.offer(revision, messages)) block(watcher);
        }
    }

    /** Makes every synced watcher read history, because the newest revisions are no longer held in memory. */
    private void leaveBehind() {
        for (WatchView view : views.values()) {
            List<Watcher> synced = view.synced();
            for (int i = synced.size() - 1; i >= 0; i--) {
                Watcher watcher = synced.get(i);
                watcher.next = Math.max(watcher.next, dispatched + 1);
                catchUp(watcher);
            }
        }
    }

    /** The state was replaced by an older one; what watchers saw is no longer its history. */
    private void cancelAll() {
        for (Watcher watcher : watchers.values()) {
            watcher.ending = new WatchMessage.Cancelled(
                    ErrorCode.UNAVAILABLE, "the store was replaced by an older state; read it anew", 0);
            if (watcher.state != State.BLOCKED) catchUp(watcher);
        }
        dispatched = store.revision();
    }

    /** Gives one watcher its turn; returns how many messages it was offered. */
    private int serve(Watcher watcher, WatchHistory history) {
        if (watcher.ending == null && watcher.next < store.versions().compacted()) {
            long compacted = store.compactedRevision();
            watcher.ending = new WatchMessage.Cancelled(
                    ErrorCode.COMPACTED,
                    "revision: " + watcher.next + " (expected: >= " + compacted + ", the oldest readable)",
                    compacted);
        }
        if (watcher.ending != null) {
            if (watcher.sink.offer(watcher.ending)) end(watcher);
            else watcher.state = State.BLOCKED;
            return 1;
        }
        int offered = watcher.next > dispatched ? 0 : serveBacklog(watcher, history);
        if (watcher.state != State.CATCHING_UP) return offered;
        if (watcher.next <= dispatched) {
            catchingUp.addLast(watcher);
            return offered;
        }
        sync(watcher);
        if (watcher.progressWanted) answerProgress(watcher);
        return offered;
    }

    private int serveBacklog(Watcher watcher, WatchHistory history) {
        WatchHistory.Backlog backlog = history.backlog(watcher.view, watcher.next);
        int offered = 0;
        for (WatchHistory.Part part : backlog.parts()) {
            if (part.revision() < watcher.next) continue;
            if (part.revision() > watcher.next) watcher.skip = 0;
            offered++;
            if (!watcher.offer(part.revision(), remaining(watcher, part))) {
                block(watcher);
                return offered;
            }
        }
        watcher.next = backlog.upTo() + 1;
        watcher.skip = 0;
        return offered;
    }

    private static List<WatchEvents> remaining(Watcher watcher, WatchHistory.Part part) {
        if (watcher.skip == 0) return part.messages();
        List<Event> events = part.events();
        return watcher.view.messages(part.revision(), events.subList(watcher.skip, events.size()));
    }

    /**
     * Whether the watch starts beyond what was dispatched. It gets no mark until then: whoever resumed behind such a
     * mark would start before the revision that was asked for (W8).
     */
    private boolean isAhead(Watcher watcher) {
        return watcher.next > dispatched + 1;
    }

    private void answerProgress(Watcher watcher) {
        if (isAhead(watcher)) awaitingProgress.add(watcher);
        else offerProgress(watcher);
    }

    private void offerProgress(Watcher watcher) {
        if (watcher.sink.offer(new WatchMessage.Progress(dispatched))) {
            watcher.progressWanted = false;
            return;
        }
        watcher.progressWanted = true;
        watcher.next = Math.max(watcher.next, dispatched + 1);
        block(watcher);
    }

    private void sync(Watcher watcher) {
        watcher.state = State.SYNCED;
        watcher.skip = 0;
        watcher.view.addSynced(watcher);
    }

    private void block(Watcher watcher) {
        if (watcher.state == State.SYNCED) watcher.view.removeSynced(watcher);
        watcher.state = State.BLOCKED;
    }

    private void catchUp(Watcher watcher) {
        if (watcher.state == State.SYNCED) watcher.view.removeSynced(watcher);
        watcher.state = State.CATCHING_UP;
        catchingUp.addLast(watcher);
    }

    private void end(Watcher watcher) {
        if (watcher.state == State.SYNCED) watcher.view.removeSynced(watcher);
        watcher.state = State.ENDED;
        watchers.remove(watcher.id);
        awaitingProgress.remove(watcher);
        if (watcher.view.count(-1) > 0) return;
        views.remove(watcher.view.key());
        index.remove(watcher.view.key().range(), watcher.view);
    }
}
