package dev.attune.client.file;

import dev.attune.client.session.Session;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.session.ClientFrame;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Publishes, rolls back and reads files. Each change names the release it replaces, so a repeat after a lost answer has
 * no second effect (G4). Futures fail with {@link AttuneException}: {@code CONFLICT} when another release is current,
 * {@code OUTCOME_UNKNOWN} when the change may have been made. Safe to share between threads.
 */
public final class FileClient {
    private static final int ATTEMPTS_MAX = 16;

    private final Session session;
    private final long timeoutNanos;

    public FileClient(Session session, Duration timeout) {
        this.session = session;
        this.timeoutNanos = timeout.toNanos();
    }

    /** Releases a text whatever is current. */
    public CompletableFuture<FileRelease> publish(Coordinate file, Bytes text, String message) {
        return publishLatest(file, text, message, 1);
    }

    private CompletableFuture<FileRelease> publishLatest(Coordinate file, Bytes text, String message, int attempt) {
        return current(file)
                .thenCompose(base -> publish(file, text, message, base))
                .handle((done, error) -> {
                    if (error == null) return CompletableFuture.completedFuture(done);
                    if (codeOf(error) == ErrorCode.CONFLICT && attempt < ATTEMPTS_MAX)
                        return publishLatest(file, text, message, attempt + 1);
                    return CompletableFuture.<FileRelease>failedFuture(error);
                })
                .thenCompose(result -> result);
    }

    /** Releases a text when release {@code base} is current; 0 for no file. */
    public CompletableFuture<FileRelease> publish(Coordinate file, Bytes text, String message, long base) {
        return session.submit(
                new FileCall(true, id -> new ClientFrame.Publish(id, file, text, message, base), timeoutNanos));
    }

    /** Makes a new current release with the bytes of release {@code number}. */
    public CompletableFuture<FileRelease> rollBack(Coordinate file, long number, String message) {
        return current(file).thenCompose(base -> {
            if (base == 0)
                throw new AttuneException(ErrorCode.NOT_FOUND, file + ": has no current release to roll back");
            return rollBack(file, number, message, base);
        });
    }

    /** The same, only when release {@code base} is current. */
    public CompletableFuture<FileRelease> rollBack(Coordinate file, long number, String message, long base) {
        return session.submit(
                new FileCall(true, id -> new ClientFrame.RollBack(id, file, number, message, base), timeoutNanos));
    }

    /** The current release; fails with {@code NOT_FOUND}. */
    public CompletableFuture<FileRelease> read(Coordinate file) {
        return session.submit(new FileCall(false, id -> new ClientFrame.ReadFile(id, file, 0), timeoutNanos));
    }

    /** Release {@code number}, current or not; fails with {@code NOT_FOUND}. */
    public CompletableFuture<FileRelease> read(Coordinate file, long number) {
        return session.submit(new FileCall(false, id -> new ClientFrame.ReadFile(id, file, number), timeoutNanos));
    }

    /** Number of the current release, 0 for none. */
    private CompletableFuture<Long> current(Coordinate file) {
        return read(file).handle((found, error) -> {
            if (error == null) return found.release().number();
            if (codeOf(error) == ErrorCode.NOT_FOUND) return 0L;
            throw error instanceof CompletionException known ? known : new CompletionException(error);
        });
    }

    private static ErrorCode codeOf(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
    }
}
