package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.store.RecentRevisions.RevisionChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads past events for one step of the hub, in bounded pieces. Pieces and the messages made of them are shared by all
 * watchers of the step that stand at the same place, so a fleet that returns together costs one read.
 */
final class WatchHistory {
    private static final int PIECE_CHANGES_MAX = 1024;
    private static final long PIECE_BYTES_MAX = 1 << 20;

    private final Store store;
    private final long upTo;
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();
    private final Map<WatchView, Backlog> backlogs = new HashMap<>();
    private int examined;

    /** Reads up to and including revision {@code upTo}. */
    WatchHistory(Store store, long upTo) {
        this.store = store;
        this.upTo = upTo;
    }

    /** How many changes were looked at so far. */
    int examined() {
        return examined;
    }

    /** What the view sees from {@code revision} on, up to some revision at or after it. */
    Backlog backlog(WatchView view, long revision) {
        Backlog known = backlogs.get(view);
        if (known != null && known.from() <= revision && revision <= known.upTo()) return known;
        KeyRange range = view.key().range();
        Backlog made = range.isSingleKey() ? ofKey(view, range.start(), revision) : ofRange(view, revision);
        backlogs.put(view, made);
        return made;
    }

    /** The event of {@code change}, as the view wants it. */
    static Event event(Versions versions, KeyValue change, boolean previous) {
        if (!previous) return new Event(change, null);
        boolean created = !change.isDeleted() && change.createRevision() == change.modRevision();
        long before = change.modRevision() - 1;
        KeyHistory history = created || before < versions.compacted() ? null : versions.history(change.key());
        return new Event(change, history == null ? null : versions.at(history, before));
    }

    private Backlog ofKey(WatchView view, Bytes key, long from) {
        Versions versions = store.versions();
        KeyHistory history = versions.history(key);
        List<RevisionChanges> found = new ArrayList<>();
        long end = upTo;
        if (history != null) {
            int entry = history.find(from - 1) + 1;
            long bytes = 0;
            int taken = 0;
            List<KeyValue> changes = new ArrayList<>();
            for (; entry < history.count() && history.revisionAt(entry) <= upTo; entry++) {
                long revision = history.revisionAt(entry);
                boolean another = !changes.isEmpty() && changes.get(0).modRevision() != revision;
                if (another) {
                    long complete = changes.get(0).modRevision();
                    found.add(new RevisionChanges(complete, changes));
                    changes = new ArrayList<>();
                    if (taken >= PIECE_CHANGES_MAX || bytes >= PIECE_BYTES_MAX) {
                        end = complete;
                        break;
                    }
                }
                KeyValue change = versions.read(revision, history.subAt(entry));
                changes.add(change);
                bytes += change.value().size();
                taken++;
            }
            if (!changes.isEmpty()) found.add(new RevisionChanges(changes.get(0).modRevision(), changes));
            examined += taken;
        }
        return backlog(view, new Piece(from, end, found));
    }

    private Backlog ofRange(WatchView view, long from) {
        Map.Entry<Long, Piece> before = pieces.floorEntry(from);
        Piece piece = before == null ? null : before.getValue();
        if (piece == null || piece.upTo() < from) {
            piece = store.recent().get(from) != null ? recent(from) : scan(from);
            pieces.put(from, piece);
        }
        return backlog(view, piece);
    }

    private Piece recent(long from) {
        List<RevisionChanges> found = new ArrayList<>();
        int taken = 0;
        long at = from;
        for (; at <= upTo && taken < PIECE_CHANGES_MAX; at++) {
            RevisionChanges changes = store.recent().get(at);
            if (changes == null) break;
            found.add(changes);
            taken += changes.changes().size();
        }
        examined += taken;
        return new Piece(from, at - 1, found);
    }

    private Piece scan(long from) {
        Scan scan = new Scan();
        store.revisionStore().scan(from, upTo + 1, scan);
        scan.complete();
        examined += scan.taken;
        return new Piece(from, scan.cut ? scan.last : upTo, scan.found);
    }

    private Backlog backlog(WatchView view, Piece piece) {
        List<Part> parts = new ArrayList<>();
        for (RevisionChanges each : piece.revisions()) {
            List<Event> events = new ArrayList<>();
            for (KeyValue change : each.changes()) {
                examined++;
                if (view.key().range().contains(change.key()) && view.wants(change))
                    events.add(event(store.versions(), change, view.key().previous()));
            }
            if (!events.isEmpty()) parts.add(new Part(each.revision(), events, view.messages(each.revision(), events)));
        }
        return new Backlog(piece.from(), piece.upTo(), parts);
    }

    /** Changes of the revisions {@code from..upTo}. */
    private record Piece(long from, long upTo, List<RevisionChanges> revisions) {}

    /** What one view sees of the revisions {@code from..upTo}. */
    record Backlog(long from, long upTo, List<Part> parts) {}

    /** What one view sees of one revision. */
    record Part(long revision, List<Event> events, List<WatchEvents> messages) {}

    /** Collects whole revisions until a piece is full. */
    private static final class Scan implements RevisionStore.Visitor {
        private final List<RevisionChanges> found = new ArrayList<>();
        private List<KeyValue> changes = new ArrayList<>();
        private int taken;
        private long bytes;
        private long last;
        private boolean cut;

        @Override
        public boolean visit(long revision, int sub, @Nullable Bytes record) {
            if (record == null) throw SealedRecord.damaged(revision, sub);
            if (!changes.isEmpty() && revision != last) {
                complete();
                if (taken >= PIECE_CHANGES_MAX || bytes >= PIECE_BYTES_MAX) {
                    cut = true;
                    return false;
                }
            }
            last = revision;
            changes.add(ChangeRecord.decode(record, revision, sub));
            taken++;
            bytes += record.size();
            return true;
        }

        void complete() {
            if (changes.isEmpty()) return;
            found.add(new RevisionChanges(last, changes));
            changes = new ArrayList<>();
        }
    }
}
