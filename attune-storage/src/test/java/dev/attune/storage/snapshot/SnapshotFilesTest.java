package dev.attune.storage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link SnapshotFiles} on a real directory. */
final class SnapshotFilesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 262_144, 262_145, 3_000_000})
    void contentWritten_isReadBack(int size) throws IOException {
        byte[] content = random(size);
        SnapshotFiles files = SnapshotFiles.open(directory);

        files.write(new SnapshotHeader("cluster-1", 42, 7), out -> out.write(content));

        try (SnapshotReader reader = files.read(42)) {
            assertThat(reader.header()).isEqualTo(new SnapshotHeader("cluster-1", 42, 7));
            assertThat(reader.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void failedWrite_leavesNoSnapshotBehind() throws IOException {
        SnapshotFiles files = SnapshotFiles.open(directory);

        assertThatThrownBy(() -> files.write(new SnapshotHeader("c", 5, 1), out -> {
                    out.write(new byte[1_000_000]);
                    throw new IOException("no more");
                }))
                .hasMessage("no more");

        assertThat(files.list()).isEmpty();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void unfinishedFile_isRemovedAtOpen() throws IOException {
        Files.write(directory.resolve("snapshot-0000000000000000009.tmp"), new byte[10]);

        SnapshotFiles files = SnapshotFiles.open(directory);

        assertThat(files.list()).isEmpty();
        assertThat(directory.resolve("snapshot-0000000000000000009.tmp")).doesNotExist();
    }

    @Test
    void pruned_theNewestRemain() throws IOException {
        SnapshotFiles files = SnapshotFiles.open(directory);
        for (int index = 1; index <= 5; index++) files.write(new SnapshotHeader("c", index, 1), out -> out.write(1));

        files.prune(2);

        assertThat(files.list()).containsExactly(5L, 4L);
    }

    @Test
    void newestDamaged_theOneBeforeIsTheNewestIntact() throws IOException {
        SnapshotFiles files = SnapshotFiles.open(directory);
        files.write(new SnapshotHeader("c", 1, 1), out -> out.write(new byte[100]));
        Path newest = files.write(new SnapshotHeader("c", 2, 1), out -> out.write(new byte[100]));
        byte[] bytes = Files.readAllBytes(newest);
        bytes[60] ^= 4;
        Files.write(newest, bytes);

        assertThat(files.newestIntact()).hasValue(1);
    }

    @Test
    void backupFile_isAdoptedElsewhere(@TempDir Path other) throws IOException {
        SnapshotFiles files = SnapshotFiles.open(directory);
        byte[] content = random(700_000);
        Path file = files.write(new SnapshotHeader("c", 9, 3), out -> out.write(content));

        SnapshotFiles target = SnapshotFiles.open(other);
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(target.adopt(in)).isEqualTo(new SnapshotHeader("c", 9, 3));
        }

        try (SnapshotReader reader = target.read(9)) {
            assertThat(reader.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    @DisplayName("G7: any flipped bit and any cut of a snapshot is refused before damaged bytes are handed out")
    void flippedOrCut_isRefusedAndNothingWrongIsRead() throws IOException {
        byte[] content = random(600);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SnapshotWriter writer = new SnapshotWriter(out, new SnapshotHeader("cluster", 3, 2));
        writer.write(content);
        writer.finish();
        byte[] file = out.toByteArray();
        assertThat(readAll(file, content)).isTrue();

        for (int at = 0; at < file.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = file.clone();
                flipped[at] ^= (byte) (1 << bit);
                assertThat(readAll(flipped, content)).as("flip at " + at).isFalse();
            }
            assertThat(readAll(Arrays.copyOf(file, at), content))
                    .as("cut at " + at)
                    .isFalse();
        }
        assertThat(readAll(Arrays.copyOf(file, file.length + 1), content)).isFalse();
    }

    /** Whether all is read to the end; anything that is read is right. */
    private static boolean readAll(byte[] file, byte[] content) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        boolean whole;
        try (SnapshotReader reader = new SnapshotReader(new ByteArrayInputStream(file))) {
            reader.transferTo(read);
            whole = reader.header().equals(new SnapshotHeader("cluster", 3, 2));
        } catch (DamagedSnapshotException e) {
            whole = false;
        }
        byte[] bytes = read.toByteArray();
        assertThat(bytes).isEqualTo(Arrays.copyOf(content, bytes.length));
        return whole;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
