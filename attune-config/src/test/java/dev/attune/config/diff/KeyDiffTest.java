package dev.attune.config.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KeyDiffTest {
    @Test
    void keyDiff_namesAddedChangedAndRemovedKeys() {
        Map<String, String> before = new LinkedHashMap<>();
        before.put("same", "1");
        before.put("changed", "1");
        before.put("gone", "1");
        Map<String, String> after = new LinkedHashMap<>();
        after.put("new", "1");
        after.put("changed", "2");
        after.put("same", "1");

        assertThat(KeyDiff.between(before, after))
                .containsExactly(
                        new KeyDiff.Entry("changed", "1", "2"),
                        new KeyDiff.Entry("gone", "1", null),
                        new KeyDiff.Entry("new", null, "1"));
    }
}
