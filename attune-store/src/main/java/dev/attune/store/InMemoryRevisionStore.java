package dev.attune.store;

import dev.attune.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RevisionStore} in memory, for tests and simulation. A frozen view is a copy of the references, so freezing
 * takes time in proportion to the number of records.
 */
public final class InMemoryRevisionStore implements RevisionStore {
    private final ConcurrentSkipListMap<Place, Bytes> records = new ConcurrentSkipListMap<>();
    // What each place held before the running batch first wrote to it, oldest first.
    private final List<Former> uncommitted = new ArrayList<>();

    @Override
    public void put(long revision, int sub, @Nullable Bytes record) {
        Place place = new Place(revision, sub);
        Bytes former = record == null ? records.remove(place) : records.put(place, record);
        uncommitted.add(new Former(place, former));
    }

    @Override
    public @Nullable Bytes get(long revision, int sub) {
        return records.get(new Place(revision, sub));
    }

    @Override
    public void scan(long fromRevision, long toRevision, Visitor visitor) {
        if (fromRevision >= toRevision) return;
        visit(
                records.subMap(new Place(fromRevision, Integer.MIN_VALUE), new Place(toRevision, Integer.MIN_VALUE)),
                visitor);
    }

    @Override
    public void commit() {
        uncommitted.clear();
    }

    /** Undoes everything since the last commit, as a crash does. */
    public void rollback() {
        undo(records);
        uncommitted.clear();
    }

    @Override
    public View freeze() {
        TreeMap<Place, Bytes> copy = new TreeMap<>(records);
        undo(copy);
        return new FrozenRecords(copy);
    }

    @Override
    public void clear() {
        for (Map.Entry<Place, Bytes> each : records.entrySet())
            uncommitted.add(new Former(each.getKey(), each.getValue()));
        records.clear();
    }

    @Override
    public void close() {}

    private void undo(Map<Place, Bytes> map) {
        for (int i = uncommitted.size() - 1; i >= 0; i--) {
            Former former = uncommitted.get(i);
            if (former.record() == null) map.remove(former.place());
            else map.put(former.place(), former.record());
        }
    }

    private static void visit(Map<Place, Bytes> map, Visitor visitor) {
        for (Map.Entry<Place, Bytes> each : map.entrySet()) {
            Place at = each.getKey();
            if (!visitor.visit(at.revision(), at.sub(), each.getValue())) return;
        }
    }

    private record Place(long revision, int sub) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byRevision = Long.compare(revision, other.revision);
            return byRevision != 0 ? byRevision : Integer.compare(sub, other.sub);
        }
    }

    private record Former(Place place, @Nullable Bytes record) {}

    private record FrozenRecords(TreeMap<Place, Bytes> records) implements View {
        @Override
        public void scan(Visitor visitor) {
            visit(records, visitor);
        }

        @Override
        public void close() {}
    }
}
