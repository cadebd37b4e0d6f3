package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.storage.disk.CrashDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One fault in files that were all synced: it is refused or makes no difference, and never shortens the log. */
final class LogDamageTest {
    private static final int BLOCK_BYTES = 512;

    private LogHistory history;
    private int refused;
    private int tolerated;

    @BeforeEach
    void write() {
        history = new LogHistory();
    }

    /** Files of several segments; after an orderly end, or as a killed process leaves them. */
    private Map<Path, byte[]> files(boolean closed) throws IOException {
        Random random = new Random(5);
        FileDurableLog log = history.open();
        history.run(log, random, 90);
        for (int i = 1; i <= 40; i++) {
            byte[] payload = new byte[250];
            random.nextBytes(payload);
            log.append(List.of(new LogRecord(history.model.last + i, 9, 1, payload)));
            if (i % 5 == 0) log.sync();
        }
        log.sync();
        Map<Path, byte[]> killed = history.disk.files();
        log.close();
        return closed ? history.disk.files() : killed;
    }

    private static String stateOf(Map<Path, byte[]> files) throws IOException {
        try (FileDurableLog log = FileDurableLog.open(new CrashDisk(files), LogHistory.DIRECTORY, LogHistory.OPTIONS)) {
            return LogModel.textOf(log);
        }
    }

    private void check(Map<Path, byte[]> files, String intact, String what) throws IOException {
        try {
            assertThat(stateOf(files)).as(what).isEqualTo(intact);
            tolerated++;
        } catch (DamagedLogException e) {
            refused++;
        }
    }

    private static Map<Path, byte[]> with(Map<Path, byte[]> files, Path path, byte[] bytes) {
        Map<Path, byte[]> changed = new TreeMap<>(files);
        changed.put(path, bytes);
        return changed;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("G7: a flipped bit anywhere is refused or harmless, and never cuts what was synced")
    void flippedBit_neverCutsTheLog(boolean closed) throws IOException {
        Map<Path, byte[]> files = files(closed);
        String intact = stateOf(files);
        Random random = new Random(6);

        for (Path path : files.keySet()) {
            byte[] bytes = files.get(path);
            for (int at = 0; at < bytes.length; at++) {
                boolean inHeader = at < SegmentHeader.BYTES + 64;
                for (int bit = inHeader ? 0 : random.nextInt(8); bit < 8; bit += inHeader ? 1 : 8) {
                    byte[] flipped = bytes.clone();
                    flipped[at] ^= (byte) (1 << bit);
                    check(with(files, path, flipped), intact, path + " byte " + at + " bit " + bit);
                }
            }
        }

        assertThat(files.size()).isGreaterThan(4);
        // The log's records fill most of all segments but the newest, so most flips must have been noticed.
        assertThat(refused).isGreaterThan(tolerated / 4);
        System.out.println(
                "log bit flips, closed " + closed + ": " + refused + " refused, " + tolerated + " harmless, 0 cut");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("G7: a block that is zeroed, misdirected or cut off is refused or harmless")
    void damagedBlock_neverCutsTheLog(boolean closed) throws IOException {
        Map<Path, byte[]> files = files(closed);
        String intact = stateOf(files);
        byte[] other = files.values().iterator().next();

        for (Path path : files.keySet()) {
            byte[] bytes = files.get(path);
            for (int at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
                byte[] zeroed = bytes.clone();
                Arrays.fill(zeroed, at, at + BLOCK_BYTES, (byte) 0);
                check(with(files, path, zeroed), intact, path + " zeroed at " + at);
                byte[] neighbour = bytes.clone();
                System.arraycopy(bytes, at == 0 ? BLOCK_BYTES : at - BLOCK_BYTES, neighbour, at, BLOCK_BYTES);
                check(with(files, path, neighbour), intact, path + " neighbour at " + at);
                if (at + BLOCK_BYTES <= other.length) {
                    byte[] misdirected = bytes.clone();
                    System.arraycopy(other, at, misdirected, at, BLOCK_BYTES);
                    check(with(files, path, misdirected), intact, path + " misdirected at " + at);
                }
                check(with(files, path, Arrays.copyOf(bytes, at)), intact, path + " cut at " + at);
            }
        }
        assertThat(refused).isGreaterThan(40);
        System.out.println("log blocks, closed " + closed + ": " + refused + " refused, " + tolerated + " harmless");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("G7: each missing segment is noticed, the newest and the only one too")
    void missingSegment_isRefused(boolean closed) throws IOException {
        Map<Path, byte[]> files = files(closed);
        for (Path path : files.keySet()) {
            Map<Path, byte[]> fewer = new TreeMap<>(files);
            fewer.remove(path);
            if (path.endsWith(SyncedEnd.NAME)) assertThat(stateOf(fewer)).isEqualTo(stateOf(files));
            else assertThatThrownBy(() -> stateOf(fewer)).as(path.toString()).isInstanceOf(DamagedLogException.class);
        }
        Map<Path, byte[]> none = new TreeMap<>(files);
        none.keySet().removeIf(path -> path.toString().endsWith(".segment"));
        assertThatThrownBy(() -> stateOf(none))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("newest segment is missing");
    }

    @Test
    @DisplayName("G7: an entry that rots while the log is open is refused when it is read")
    void entryRottenWhileOpen_isRefusedWhenRead() throws IOException {
        FileDurableLog log = history.open();
        log.append(List.of(new LogRecord(1, 1, 1, new byte[100])));
        log.sync();
        Path segment = LogHistory.DIRECTORY.resolve(SegmentHeader.fileName(1));
        try (var file = history.disk.open(segment)) {
            byte[] bytes = Objects.requireNonNull(history.disk.files().get(segment));
            bytes[200] ^= 1;
            file.write(ByteBuffer.wrap(bytes), 0);
        }

        assertThatThrownBy(() -> log.read(1)).isInstanceOf(DamagedLogException.class);
    }
}
