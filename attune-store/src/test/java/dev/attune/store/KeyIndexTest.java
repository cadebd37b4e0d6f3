package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyIndexTest {
    private static final KeyRange ALL = new KeyRange(Bytes.utf8("a"), Bytes.utf8("z"));

    private final KeyIndex index = new KeyIndex();
    private long revision = 1;

    private void put(String key) {
        revision++;
        index.append(Bytes.utf8(key), revision, 0, revision, 1, 0);
    }

    private void delete(String key) {
        revision++;
        index.append(Bytes.utf8(key), revision, 0, 0, 0, 0);
    }

    private static List<String> keys(Iterable<KeyHistory> histories) {
        List<String> keys = new ArrayList<>();
        histories.forEach(each -> keys.add(each.key().toString()));
        return keys;
    }

    private static List<String> of(String... keys) {
        List<String> all = new ArrayList<>();
        for (String key : keys) all.add(Bytes.utf8(key).toString());
        return all;
    }

    @Test
    void rangeOfTheNewestState_passesOverNothingDeleted() {
        for (String each : List.of("d", "b", "a", "c", "e")) put(each);
        for (String each : List.of("a", "c", "d")) delete(each);
        assertThat(keys(index.live(ALL))).isEqualTo(of("b", "e"));
        assertThat(keys(index.all(ALL))).isEqualTo(of("a", "b", "c", "d", "e"));
        put("c");
        assertThat(keys(index.live(ALL))).isEqualTo(of("b", "c", "e"));
        assertThat(keys(index.live(KeyRange.key(Bytes.utf8("a"))))).isEmpty();
        assertThat(keys(index.all(KeyRange.key(Bytes.utf8("a"))))).isEqualTo(of("a"));
    }

    @Test
    void compaction_forgetsDeletedKeysAndKeepsLivingOnes() {
        put("a");
        put("b");
        delete("a");
        index.compact(revision + 1, (at, sub) -> {});
        assertThat(keys(index.all(ALL))).isEqualTo(of("b"));
        assertThat(index.size()).isEqualTo(1);
        put("a");
        assertThat(keys(index.live(ALL))).isEqualTo(of("a", "b"));
    }
}
