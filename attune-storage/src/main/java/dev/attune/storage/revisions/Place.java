package dev.attune.storage.revisions;

/** Where a record lies: a revision and a number within it. */
record Place(long revision, int sub) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        int byRevision = Long.compare(revision, other.revision);
        return byRevision != 0 ? byRevision : Integer.compare(sub, other.sub);
    }
}
