package dev.attune.client.config;

import dev.attune.model.AttuneException;
import java.util.Optional;

/**
 * The newest valid record bound to a prefix: replaced as a whole when a new state is put in force. A state that does
 * not bind is vetoed, so {@link #get} never fails and never shows a half of it. Safe to share between threads.
 */
public final class Bound<T> implements AutoCloseable {
    private final Config config;
    private final String prefix;
    private final Class<T> type;
    private final Config.Registration guard;
    private volatile Made<T> made;

    /** A record and the state it was made from. */
    private record Made<T>(ConfigSnapshot snapshot, T value) {}

    Bound(Config config, String prefix, Class<T> type) {
        this.config = config;
        this.prefix = prefix;
        this.type = type;
        // Guarded first: what is put in force from here on was checked.
        this.guard = config.guard(this::check);
        try {
            this.made = make(config.snapshot());
        } catch (RuntimeException e) {
            guard.close();
            throw e;
        }
    }

    private Made<T> make(ConfigSnapshot snapshot) {
        RecordBinder binder = new RecordBinder(snapshot.keys());
        T value = binder.bind(prefix, type);
        config.wasRead(binder.read());
        return new Made<>(snapshot, value);
    }

    private Optional<String> check(ConfigChange change) {
        // Binds once to find out; what fails is told by the exception.
        make(change.after());
        return Optional.empty();
    }

    /** The record as of the state in force. */
    public T get() {
        ConfigSnapshot now = config.snapshot();
        Made<T> last = made;
        if (last.snapshot.equals(now)) return last.value;
        try {
            Made<T> next = make(now);
            made = next;
            return next.value;
        } catch (AttuneException e) {
            // A state that was under way while this was bound, or came after close, was not checked for it.
            return last.value;
        }
    }

    /** Ends the veto; {@link #get} goes on to follow. */
    @Override
    public void close() {
        guard.close();
    }
}
