package dev.attune.consensus.raft;

import dev.attune.storage.log.DurableLog;
import dev.attune.storage.log.LogRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The one durable log of a member, shared by what the library keeps in two places. It orders the writers, and the
 * first failure closes it for good: nothing is retried, nothing more is promised (G6).
 */
final class MemberFiles {
    private final DurableLog log;
    private final FatalHandler onFatal;
    private final AtomicBoolean failed = new AtomicBoolean();

    MemberFiles(DurableLog log, FatalHandler onFatal) {
        this.log = log;
        this.onFatal = onFatal;
    }

    /** One write; with its own sync when the caller is to depend on it. */
    interface Write {
        void run(DurableLog log) throws IOException;
    }

    /** Whether the write was carried out; after the first failure always false. */
    synchronized boolean write(String what, Write write) {
        if (failed.get()) return false;
        try {
            write.run(log);
            return true;
        } catch (IOException | RuntimeException e) {
            fail("storage: " + what + " failed", e);
            return false;
        }
    }

    boolean append(List<LogRecord> records) {
        return write("append", open -> {
            open.append(records);
            open.sync();
        });
    }

    @Nullable LogRecord read(long index) {
        try {
            return log.read(index);
        } catch (IOException | RuntimeException e) {
            fail("storage: reading entry " + index + " failed", e);
            return null;
        }
    }

    byte @Nullable [] register(int id) {
        return log.register(id);
    }

    /** The indexes of memberships in the log. */
    List<Long> memberships() {
        return log.special();
    }

    DurableLog.Bounds bounds() {
        return log.bounds();
    }

    /** Reports the first failure on a thread of its own, so that whoever failed can let go of its locks. */
    void fail(String reason, Throwable cause) {
        if (!failed.compareAndSet(false, true)) return;
        Thread reporter = new Thread(() -> onFatal.fatal(reason, cause), "attune-raft-fatal");
        reporter.setDaemon(true);
        reporter.start();
    }

    boolean failed() {
        return failed.get();
    }

    synchronized void close() throws IOException {
        log.close();
    }
}
