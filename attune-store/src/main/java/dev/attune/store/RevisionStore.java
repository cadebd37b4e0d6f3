package dev.attune.store;

import dev.attune.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Where the values lie, by revision; the ordered key index stays in memory above it. Declared for the state machine.
 *
 * <p>Records at revision 0 are the state machine's own small ones (applied index, leases, request ids …), kept beside
 * the data in the same commit. {@link #put}, {@link #commit}, {@link #freeze} and {@link #clear} are called by the one
 * thread that owns the state; {@link #get} and {@link #scan} from any thread, also while the owner writes. An
 * exception from any method is fatal to the member.
 */
public interface RevisionStore extends AutoCloseable {
    /**
     * Sets the record at (revision, sub), or removes it when {@code record} is null; {@code sub} counts the changes of
     * one revision from 0.
     */
    void put(long revision, int sub, @Nullable Bytes record);

    /** The record at (revision, sub), or null when there is none. */
    @Nullable Bytes get(long revision, int sub);

    /** Visits records with {@code fromRevision <= revision < toRevision} in order, until the visitor returns false. */
    void scan(long fromRevision, long toRevision, Visitor visitor);

    /**
     * Ends a batch: all of it or nothing is there after a crash. Does not wait for the disk; what is lost is applied
     * again from the log.
     */
    void commit();

    /** A view as of the last commit that stays as it is while newer batches are committed. */
    View freeze();

    /** Removes everything, as the start of a restore. */
    void clear();

    @Override
    void close();

    /** Sees one record of a scan. */
    @FunctionalInterface
    interface Visitor {
        /** Returns whether the scan goes on. */
        boolean visit(long revision, int sub, Bytes record);
    }

    /** A frozen view; readable from any one thread at a time; closed exactly once. */
    interface View extends AutoCloseable {
        /** Visits every record in order, those at revision 0 first. */
        void scan(Visitor visitor);

        @Override
        void close();
    }
}
