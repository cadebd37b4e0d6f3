package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.storage.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes the log is killed with SIGKILL, again and again, on the same directory. */
final class LogKillTest {
    private static final LogOptions OPTIONS = new LogOptions(64 << 10, 1, 4 << 10, 64 << 10, 1 << 20);

    @TempDir
    Path directory;

    @Test
    @DisplayName("G5: what was synced is there after kill -9")
    void killedWriter_leavesAllThatWasSynced() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            String last;
            try (ChildJvm child = new ChildJvm(Writer.class, directory.toString())) {
                last = child.killAfter(20 + random.nextInt(400));
            }
            long synced = Long.parseLong(last.substring(0, last.length() - 1));

            try (var log = FileDurableLog.open(directory, OPTIONS)) {
                var bounds = log.bounds();
                assertThat(bounds.last()).as("seed " + seed).isGreaterThanOrEqualTo(synced);
                for (long index = bounds.first(); index <= bounds.last(); index++) {
                    LogRecord record = log.read(index);
                    if (record == null) throw new AssertionError("no entry " + index);
                    assertThat(record.payload()).isEqualTo(payload(index));
                }
            }
        }
    }

    private static byte[] payload(long index) {
        byte[] payload = new byte[(int) (index * 31 % 900)];
        new Random(index).nextBytes(payload);
        return payload;
    }

    /** The child: appends groups, cuts the head now and then, prints each synced end. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            try (var log = FileDurableLog.open(Path.of(arguments[0]), OPTIONS)) {
                for (long next = log.bounds().last() + 1; ; ) {
                    List<LogRecord> batch = new ArrayList<>();
                    for (int i = 0; i < 1 + next % 7; i++) {
                        batch.add(new LogRecord(next + i, 1, 0, payload(next + i)));
                    }
                    log.append(batch);
                    next += batch.size();
                    if (next % 13 == 0 && next > 1000) log.truncate(next - 500, next - 1);
                    log.sync();
                    System.out.println((next - 1) + ".");
                }
            }
        }
    }
}
