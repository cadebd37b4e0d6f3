package dev.attune.client.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotStoreTest {
    @TempDir
    Path directory;

    private SnapshotStore store;

    @BeforeEach
    void open() {
        store = new SnapshotStore(directory, "token", InstanceSpec.of("i", "prod", "orders"), List.of());
    }

    private static SnapshotStore.Saved at(long revision) {
        Bytes text = Bytes.utf8("a=" + revision);
        FileContent file = new FileContent(
                "a.properties",
                "default",
                revision,
                revision,
                SnapshotStore.sha256(text),
                text,
                Map.of("a", String.valueOf(revision)));
        return new SnapshotStore.Saved(
                "c1", 1000 + revision, new ConfigUpdate(revision, true, List.of(file), List.of()));
    }

    private List<Path> copies() throws IOException {
        try (var all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    @Test
    @DisplayName("S4: three generations are kept, the newest is loaded")
    void manySaves_threeStayAndNewestLoads() throws IOException {
        for (long revision : new long[] {3, 9, 10, 255, 256}) store.save(at(revision));
        assertThat(copies()).hasSize(3);
        assertThat(store.load()).contains(at(256));
    }

    @Test
    @DisplayName("S4: whatever byte of the newest copy is damaged, or however it is cut, the former one is used")
    void newestDamaged_formerLoads() throws IOException {
        store.save(at(1));
        store.save(at(2));
        Path newest = copies().get(1);
        byte[] whole = Files.readAllBytes(newest);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x40;
            Files.write(newest, damaged);
            assertThat(store.load()).as("byte %d flipped", i).contains(at(1));
            Files.write(newest, java.util.Arrays.copyOf(whole, i));
            assertThat(store.load()).as("cut to %d bytes", i).contains(at(1));
        }
    }

    @Test
    @DisplayName("R3: what was staged is found by a later process of the same instance, and by no other")
    void stagedState_outlivesTheProcess() throws IOException {
        SnapshotStore.Staged staged = new SnapshotStore.Staged(7, 3, at(2));
        store.save(at(1));
        store.stage(staged);

        SnapshotStore later = new SnapshotStore(directory, "token", InstanceSpec.of("i", "prod", "orders"), List.of());
        SnapshotStore other = new SnapshotStore(directory, "token", InstanceSpec.of("j", "prod", "orders"), List.of());
        assertThat(later.staged(2_000)).containsExactly(staged);
        assertThat(other.staged(2_000)).isEmpty();
        assertThat(later.load()).contains(at(1));
        later.unstage(7);
        assertThat(store.staged(2_000)).isEmpty();
        later.unstage(7);
    }

    @Test
    @DisplayName("R3: a staged state that is damaged, of another kind or from long ago is removed")
    void stagedStateThatIsNotWhole_isRemoved() throws IOException {
        SnapshotStore.Staged staged = new SnapshotStore.Staged(7, 3, at(2));
        store.stage(staged);
        Path file = copies().get(0);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x40;
            Files.write(file, damaged);
            assertThat(store.staged(2_000)).as("byte %d flipped", i).isEmpty();
            assertThat(file).doesNotExist();
        }
        store.save(at(1));
        Files.copy(copies().get(0), file);
        assertThat(store.staged(2_000)).isEmpty();
        store.stage(staged);
        assertThat(store.staged(2_000 + 8L * 24 * 3600 * 1000)).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void otherSubscriptions_areNotMixedUp() throws IOException {
        store.save(at(1));
        assertThat(new SnapshotStore(directory, "token", InstanceSpec.of("i", "prod", "orders"), List.of("x")).load())
                .isEmpty();
        assertThat(new SnapshotStore(directory, "token", InstanceSpec.of("other-instance", "prod", "orders"), List.of())
                        .load())
                .contains(at(1));
    }

    @Test
    @DisplayName("S4: a copy signed under another token, renamed, or replaced by a link is passed over")
    void foreignCopies_arePassedOver() throws IOException {
        store.save(at(1));
        SnapshotStore stranger =
                new SnapshotStore(directory, "other", InstanceSpec.of("i", "prod", "orders"), List.of());
        stranger.save(at(2));
        assertThat(store.load()).contains(at(1));

        SnapshotStore staging =
                new SnapshotStore(directory, "token", InstanceSpec.of("i", "test", "orders"), List.of());
        staging.save(at(9));
        Path foreign = copies().stream()
                .filter(file -> file.getFileName().toString().startsWith("test"))
                .findFirst()
                .orElseThrow();
        Path planted = directory.resolve(
                copies().get(0).getFileName().toString().replaceFirst("\\.[0-9a-f]{16}\\.", ".00000000000000ff."));
        Files.copy(foreign, planted);
        assertThat(store.load()).contains(at(1));

        Files.delete(planted);
        Files.createSymbolicLink(planted, copies().get(0));
        assertThat(store.load()).contains(at(1));
    }

    @Test
    @DisplayName("S4: the directory that is made is its owner's alone")
    void newDirectory_isPrivate() throws IOException {
        Path fresh = directory.resolve("a/b");
        new SnapshotStore(fresh, "token", InstanceSpec.of("i", "p", "o"), List.of()).save(at(1));

        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
                .isEqualTo("rwx------");
    }

    @Test
    void noDirectory_isNoCopy() {
        assertThat(new SnapshotStore(directory.resolve("none"), null, InstanceSpec.of("i", "p", "o"), List.of()).load())
                .isEmpty();
    }
}
