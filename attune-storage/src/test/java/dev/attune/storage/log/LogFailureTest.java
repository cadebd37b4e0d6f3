package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.storage.disk.CrashDisk;
import dev.attune.storage.disk.CrashDisk.Change;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that refuses once: fatal, never tried again. */
final class LogFailureTest {
    @Test
    @DisplayName("G6: after the n-th failed sync nothing more is written or synced, and what was synced is there")
    void failedForce_isFatalAndNeverRetried() throws IOException {
        sweep(change -> change instanceof Change.Force);
    }

    @Test
    @DisplayName("G6: the same after the n-th failed write")
    void failedWrite_isFatalAndNeverRetried() throws IOException {
        sweep(change -> change instanceof Change.Write);
    }

    @Test
    @DisplayName("G6: the same after the n-th change of a file's name that failed")
    void failedNameChange_isFatalAndNeverRetried() throws IOException {
        sweep(change -> !(change instanceof Change.Write) && !(change instanceof Change.Force));
    }

    private static void sweep(Predicate<Change> kind) throws IOException {
        int failures = 0;
        for (int n = 1; ; n++) {
            if (!failAt(n, kind)) break;
            failures++;
        }
        assertThat(failures).isGreaterThan(5);
    }

    /** Whether the workload got as far as the n-th such change. */
    private static boolean failAt(int n, Predicate<Change> kind) throws IOException {
        LogHistory history = new LogHistory();
        FileDurableLog log = history.open();
        AtomicInteger left = new AtomicInteger(n);
        AtomicBoolean failed = new AtomicBoolean();
        AtomicInteger after = new AtomicInteger();
        history.disk.failWith(change -> {
            // A file whose making failed is taken away again, that is all.
            if (failed.get() && !(change instanceof Change.Delete)) after.incrementAndGet();
            if (kind.test(change) && left.decrementAndGet() == 0) {
                failed.set(true);
                throw new IOException("injected: " + change);
            }
        });
        try {
            history.run(log, new Random(3), 40);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("injected");
        }
        if (!failed.get()) return false;

        assertThatThrownBy(log::sync).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.append(List.of(new LogRecord(history.model.last + 1, 1, 0, new byte[1]))))
                .hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.setRegister(1, new byte[1])).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.truncate(1, 0)).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.read(1)).hasMessageContaining("failed before");
        log.close();

        assertThat(after.get()).as("changes after failure " + n).isZero();
        CrashDisk disk = new CrashDisk(history.disk.files());
        try (FileDurableLog again = FileDurableLog.open(disk, LogHistory.DIRECTORY, LogHistory.OPTIONS)) {
            assertThat(history.possibleAfter(Integer.MAX_VALUE))
                    .as("failure " + n)
                    .contains(LogModel.textOf(again));
        }
        return true;
    }

    @Test
    @Timeout(60)
    void noSpaceForTheReserve_isToldAndClearsByItself() throws IOException {
        CrashDisk disk = new CrashDisk();
        AtomicBoolean full = new AtomicBoolean();
        LogOptions options = new LogOptions(4096, 2, 512, 0, 3000);
        try (FileDurableLog log = FileDurableLog.open(disk, LogHistory.DIRECTORY, options)) {
            awaitReserve(disk, 2);
            disk.failWith(change -> {
                if (full.get() && change instanceof Change.Create) throw new IOException("No space left on device");
            });
            full.set(true);
            assertThat(log.lowOnSpace()).isFalse();

            for (int i = 1; !log.lowOnSpace(); i++) {
                // What is reserved is enough to go on with.
                if (i <= 3) log.append(List.of(new LogRecord(i, 1, 0, new byte[2500])));
                log.sync();
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(log.bounds().last()).isBetween(1L, 3L);
            full.set(false);
            while (log.lowOnSpace()) LockSupport.parkNanos(1_000_000);

            log.append(List.of(new LogRecord(log.bounds().last() + 1, 1, 0, new byte[2500])));
            log.sync();
        }
    }

    private static void awaitReserve(CrashDisk disk, int files) {
        while (disk.list(LogHistory.DIRECTORY).stream()
                        .filter(name -> name.endsWith(SegmentReserve.SUFFIX))
                        .count()
                < files) LockSupport.parkNanos(1_000_000);
    }
}
