package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RevisionStore} does; an implementation's test extends it. */
public abstract class RevisionStoreContract {
    private RevisionStore store;

    /** A new, empty store. */
    protected abstract RevisionStore create() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = create();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void recordPut_isReadBackAlsoBeforeCommit() {
        store.put(5, 2, Bytes.utf8("a"));

        assertThat(store.get(5, 2)).isEqualTo(Bytes.utf8("a"));
        assertThat(store.get(5, 1)).isNull();
        assertThat(store.get(2, 5)).isNull();
        store.commit();
        assertThat(store.get(5, 2)).isEqualTo(Bytes.utf8("a"));
    }

    @Test
    void secondPut_replacesAndNullRemoves() {
        store.put(5, 0, Bytes.utf8("a"));
        store.put(5, 0, Bytes.utf8("b"));
        store.put(5, 1, Bytes.utf8("c"));
        store.commit();
        store.put(5, 1, null);
        store.put(6, 0, null);
        store.commit();

        assertThat(store.get(5, 0)).isEqualTo(Bytes.utf8("b"));
        assertThat(scan(0, Long.MAX_VALUE)).containsExactly("5.0=b");
    }

    @Test
    void scan_visitsTheAskedRevisionsInOrder() {
        store.put(300, 1, Bytes.utf8("e"));
        store.put(2, 1 << 30, Bytes.utf8("c"));
        store.put(2, 0, Bytes.utf8("b"));
        store.put(0, 7, Bytes.utf8("a"));
        store.put(300, 0, Bytes.utf8("d"));
        store.put(1L << 40, 0, Bytes.utf8("f"));
        store.commit();

        assertThat(scan(0, Long.MAX_VALUE))
                .containsExactly("0.7=a", "2.0=b", "2.1073741824=c", "300.0=d", "300.1=e", "1099511627776.0=f");
        assertThat(scan(2, 300)).containsExactly("2.0=b", "2.1073741824=c");
        assertThat(scan(3, 3)).isEmpty();
    }

    @Test
    void scanWhoseVisitorSaysNo_ends() {
        for (int i = 0; i < 10; i++) store.put(1, i, Bytes.utf8("x"));
        store.commit();
        List<Integer> seen = new ArrayList<>();

        store.scan(0, 9, (revision, sub, record) -> {
            seen.add(sub);
            return sub < 3;
        });

        assertThat(seen).containsExactly(0, 1, 2, 3);
    }

    @Test
    void frozenView_staysWhileNewerBatchesCommit() throws Exception {
        store.put(0, 0, Bytes.utf8("meta"));
        store.put(2, 0, Bytes.utf8("old"));
        store.commit();
        store.put(2, 0, Bytes.utf8("uncommitted"));
        store.put(3, 0, Bytes.utf8("uncommitted"));
        try (RevisionStore.View view = store.freeze()) {
            store.put(2, 0, null);
            for (int i = 3; i < 2_000; i++) store.put(i, 0, Bytes.utf8("new"));
            store.commit();

            assertThat(scan(view)).containsExactly("0.0=meta", "2.0=old");
        }
        assertThat(store.get(2, 0)).isNull();
    }

    @Test
    void clear_removesEverythingAndLaterPutsRemain() {
        for (int i = 0; i < 100; i++) store.put(i, 0, Bytes.utf8("x"));
        store.commit();

        store.clear();
        store.put(7, 0, Bytes.utf8("y"));
        store.commit();

        assertThat(scan(0, Long.MAX_VALUE)).containsExactly("7.0=y");
    }

    @Test
    void emptyRecord_isARecord() {
        store.put(1, 0, Bytes.EMPTY);
        store.commit();

        assertThat(store.get(1, 0)).isEqualTo(Bytes.EMPTY);
    }

    private List<String> scan(long from, long to) {
        List<String> found = new ArrayList<>();
        store.scan(from, to, (revision, sub, record) -> found.add(revision + "." + sub + "=" + record));
        return found;
    }

    private static List<String> scan(RevisionStore.View view) {
        List<String> found = new ArrayList<>();
        view.scan((revision, sub, record) -> found.add(revision + "." + sub + "=" + record));
        return found;
    }
}
