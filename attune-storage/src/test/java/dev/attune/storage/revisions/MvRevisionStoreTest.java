package dev.attune.storage.revisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.storage.ChildJvm;
import dev.attune.store.RevisionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link MvRevisionStore} on a real directory, with kills. */
final class MvRevisionStoreTest {
    private static final RevisionOptions SMALL = new RevisionOptions(1, 4000, 30);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomBatches_leaveWhatAModelHolds(long seed) throws IOException {
        Random random = new Random(seed);
        TreeMap<Place, Bytes> model = new TreeMap<>();
        MvRevisionStore store = MvRevisionStore.open(directory, SMALL);
        try {
            for (int batch = 0; batch < 2000; batch++) {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    Place place = new Place(random.nextInt(3) == 0 ? 0 : random.nextInt(batch + 10), random.nextInt(5));
                    byte[] bytes = new byte[random.nextInt(200)];
                    random.nextBytes(bytes);
                    boolean remove = random.nextInt(4) == 0;
                    store.put(place.revision(), place.sub(), remove ? null : Bytes.wrap(bytes));
                    if (remove) model.remove(place);
                    else model.put(place, Bytes.wrap(bytes));
                }
                store.commit();
                if (random.nextInt(300) == 0) {
                    store.close();
                    store = MvRevisionStore.open(directory, SMALL);
                }
            }

            TreeMap<Place, Bytes> found = new TreeMap<>();
            store.scan(
                    0, Long.MAX_VALUE, (revision, sub, record) -> found.put(new Place(revision, sub), record) == null);
            assertThat(found).as("seed " + seed).isEqualTo(model);
        } finally {
            store.close();
        }
    }

    @Test
    void frozenView_outlivesWritesAndCompaction() throws IOException {
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            for (int i = 0; i < 500; i++) store.put(i, 0, Bytes.utf8("old" + i));
            store.commit();
            try (RevisionStore.View view = store.freeze()) {
                for (int round = 0; round < 200; round++) {
                    for (int i = 0; i < 500; i++) store.put(i, 0, Bytes.utf8("new" + round));
                    store.commit();
                }

                int[] seen = {0};
                view.scan((revision, sub, record) -> {
                    assertThat(record).isEqualTo(Bytes.utf8("old" + revision));
                    seen[0]++;
                    return true;
                });
                assertThat(seen[0]).isEqualTo(500);
            }
        }
    }

    @Test
    void closedWithinABatch_opensWithoutIt() throws IOException {
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            store.put(1, 0, Bytes.utf8("a"));
            store.commit();
            store.put(1, 0, Bytes.utf8("b"));
            store.put(2, 0, Bytes.utf8("c"));
        }

        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            assertThat(store.get(1, 0)).isEqualTo(Bytes.utf8("a"));
            assertThat(store.get(2, 0)).isNull();
        }
    }

    @Test
    @DisplayName("a store that was open when the machine went down is refused, and opens empty once deleted")
    void openAtPowerLoss_isRefused() throws Exception {
        try (ChildJvm child = new ChildJvm(Writer.class, directory.toString(), "boot-1")) {
            child.killAfter(3);
        }

        assertThatThrownBy(() -> MvRevisionStore.open(directory, SMALL, "boot-2"))
                .isInstanceOf(DamagedStoreException.class)
                .hasMessageContaining("machine");

        MvRevisionStore.delete(directory);
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL, "boot-2")) {
            assertThat(store.get(0, 0)).isNull();
        }
        MvRevisionStore.open(directory, SMALL, "boot-3").close();
    }

    @Test
    @DisplayName("G5: after kill -9 the store opens at a whole batch")
    void killedWriter_leavesAWholeBatch() throws Exception {
        Random random = new Random(System.nanoTime());
        long before = 0;
        for (int round = 0; round < 4; round++) {
            try (ChildJvm child = new ChildJvm(Writer.class, directory.toString(), "boot")) {
                child.killAfter(5 + random.nextInt(200));
            }

            try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL, "boot")) {
                long applied = number(store.get(0, 0));
                assertThat(applied).isGreaterThanOrEqualTo(before);
                before = applied;
                long[] next = {1};
                store.scan(1, Long.MAX_VALUE, (revision, sub, record) -> {
                    assertThat(revision * 3 + sub).isEqualTo(next[0] + 2);
                    assertThat(number(record)).isEqualTo(revision);
                    next[0]++;
                    return true;
                });
                assertThat(next[0] - 1).isEqualTo(applied * 3);
            }
        }
        assertThat(before).isGreaterThan(10);
    }

    @Test
    @DisplayName("a restore goes to the file as it comes, so that memory need not hold it")
    void restore_isWrittenPieceByPiece() throws Exception {
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            put(store, 1, "before");
            store.commit();
            long empty = store.fileBytes();
            store.clear();
            for (int revision = 1; revision <= 2_000; revision++) put(store, revision, "x".repeat(500));
            assertThat(store.fileBytes()).isGreaterThan(empty + 500 * 1_000);
            store.commit();
        }
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            assertThat(store.get(2_000, 0)).isEqualTo(Bytes.utf8("x".repeat(500)));
        }
    }

    @Test
    @DisplayName("G7: a store whose restore did not end is refused")
    void unfinishedRestore_isRefused() throws Exception {
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            store.clear();
            for (int revision = 1; revision <= 100; revision++) put(store, revision, "x".repeat(500));
        }
        assertThatThrownBy(() -> MvRevisionStore.open(directory, SMALL))
                .isInstanceOf(DamagedStoreException.class)
                .hasMessageContaining("being restored");
    }

    @Test
    @DisplayName("a restore that wrote nothing leaves what was there")
    void restoreWithoutAWrite_leavesTheOldState() throws Exception {
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            put(store, 1, "before");
            store.commit();
            store.sync();
            store.clear();
        }
        try (MvRevisionStore store = MvRevisionStore.open(directory, SMALL)) {
            assertThat(store.get(1, 0)).isEqualTo(Bytes.utf8("before"));
        }
    }

    private static void put(MvRevisionStore store, long revision, String text) {
        store.put(revision, 0, Bytes.utf8(text));
    }

    private static long number(@Nullable Bytes bytes) {
        return bytes == null ? 0 : Long.parseLong(bytes.toUtf8().strip());
    }

    /** The child: batch n sets the applied number to n and adds three records at revision n. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            try (MvRevisionStore store = MvRevisionStore.open(Path.of(arguments[0]), SMALL, arguments[1])) {
                for (long batch = number(store.get(0, 0)) + 1; ; batch++) {
                    store.put(0, 0, Bytes.utf8(Long.toString(batch)));
                    String text = batch + " ".repeat(200);
                    for (int sub = 0; sub < 3; sub++) store.put(batch, sub, Bytes.utf8(text));
                    store.commit();
                    System.out.println(batch + ".");
                }
            }
        }
    }
}
