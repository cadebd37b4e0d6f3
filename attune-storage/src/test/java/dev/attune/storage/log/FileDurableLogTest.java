package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link FileDurableLog} on a real directory. */
final class FileDurableLogTest {
    private static final LogOptions SMALL = new LogOptions(4096, 1, 512, 2000, 20_000);

    @TempDir
    Path directory;

    @Test
    void newLog_isEmptyAndBeginsAt1() throws IOException {
        try (var log = FileDurableLog.open(directory, SMALL)) {
            assertThat(log.bounds()).isEqualTo(new DurableLog.Bounds(1, 0));
            assertThat(log.read(1)).isNull();
            assertThat(log.register(0)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomOperations_leaveWhatAModelHolds(long seed) throws IOException {
        Random random = new Random(seed);
        LogModel model = new LogModel();
        FileDurableLog log = FileDurableLog.open(directory, SMALL);
        try {
            for (int step = 0; step < 300; step++) {
                model.step(random, log, random.nextInt(50) == 0 ? 9000 : 300);
                if (random.nextInt(3) == 0) log.sync();
                if (random.nextInt(20) == 0) model.check(log, "seed " + seed + " step " + step);
                if (random.nextInt(100) == 0) {
                    log.close();
                    log = FileDurableLog.open(directory, SMALL);
                    model.check(log, "reopened, seed " + seed + " step " + step);
                }
            }
        } finally {
            log.close();
        }
    }

    @Test
    void prefixTruncated_oldSegmentsAreDeletedAndRegistersStay() throws IOException {
        try (var log = FileDurableLog.open(directory, SMALL)) {
            log.setRegister(3, new byte[] {7});
            for (int i = 1; i <= 200; i++) log.append(List.of(new LogRecord(i, 1, 0, new byte[200])));
            log.sync();
            long before = segments();

            log.truncate(200, 200);
            log.sync();

            assertThat(before).isGreaterThan(8);
            assertThat(segments()).isLessThanOrEqualTo(2);
        }
        try (var log = FileDurableLog.open(directory, SMALL)) {
            assertThat(log.bounds()).isEqualTo(new DurableLog.Bounds(200, 200));
            assertThat(log.register(3)).containsExactly(7);
        }
    }

    @Test
    void illegalIndex_isRefusedAndTheLogGoesOn() throws IOException {
        try (var log = FileDurableLog.open(directory, SMALL)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.append(List.of(new LogRecord(2, 1, 0, new byte[1]))));
            assertThatIllegalArgumentException().isThrownBy(() -> log.truncate(1, 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.append(List.of(new LogRecord(1, 1, 0, new byte[20_001]))));

            log.append(List.of(new LogRecord(1, 1, 0, new byte[1])));
            log.sync();

            assertThat(log.bounds().last()).isEqualTo(1);
        }
    }

    @Test
    void secondOpener_isRefusedUntilTheFirstCloses() throws IOException {
        try (var log = FileDurableLog.open(directory, SMALL)) {
            assertThatThrownBy(() -> FileDurableLog.open(directory, SMALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            log.setRegister(0, new byte[1]);
        }
        FileDurableLog.open(directory, SMALL).close();
    }

    private long segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".segment")).count();
        }
    }
}
