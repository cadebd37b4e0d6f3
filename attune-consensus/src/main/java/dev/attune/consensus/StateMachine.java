package dev.attune.consensus;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * What the log drives: the same commands in the same order give the same state on every member (G8).
 *
 * <p>The engine calls {@link #apply}, {@link #freeze} and {@link #restore} from one thread at a time, never
 * concurrently with each other. An exception from any of them is fatal to the member: it stops rather than diverge.
 */
public interface StateMachine {
    /**
     * The index of the last entry in the state, 0 for none. Read once at start: entries up to it are not applied again.
     */
    long appliedIndex();

    /**
     * Applies committed entries in log order and returns one result for each. Total and deterministic: a malformed
     * command yields an error result, never an exception. Entries at or below {@link #appliedIndex()} are skipped by
     * the engine.
     */
    List<byte[]> apply(List<Committed> batch);

    /** A consistent view of the state as it is now; cheap, written out later from another thread. */
    Frozen freeze();

    /** Replaces the whole state by what {@link Frozen#writeTo} wrote on some member. */
    void restore(InputStream snapshot) throws IOException;

    /** Tells that this member began or ceased to lead; called from an engine thread, must not block. */
    void leadershipChanged(boolean leading, long term);

    /**
     * One committed command.
     *
     * @param index its position; rises but may leave gaps, which the engine uses for itself
     */
    record Committed(long index, long term, byte[] command) {}

    /** A consistent view that stays readable while newer entries are applied. Closed exactly once. */
    interface Frozen extends AutoCloseable {
        /** The index of the last entry in the view. */
        long index();

        /** Writes the view; the stream's own layer adds checksums and an end mark. */
        void writeTo(OutputStream out) throws IOException;

        @Override
        void close();
    }
}
