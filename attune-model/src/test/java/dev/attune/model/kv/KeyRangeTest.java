package dev.attune.model.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    @Property
    void prefix_containsExactlyTheKeysThatStartWithIt(
            @ForAll @Size(max = 4) byte[] prefix, @ForAll @Size(min = 1, max = 6) byte[] key) {
        KeyRange range = KeyRange.prefix(Bytes.copyOf(prefix));

        assertThat(range.contains(Bytes.copyOf(key)))
                .isEqualTo(Bytes.copyOf(key).startsWith(Bytes.copyOf(prefix)));
    }

    @Test
    void prefixOfOnlyHighBytes_hasNoUpperBound() {
        KeyRange range = KeyRange.prefix(Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xff}));

        assertThat(range.isUnbounded()).isTrue();
        assertThat(range.contains(Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xff, 1})))
                .isTrue();
        assertThat(range.contains(Bytes.wrap(new byte[] {(byte) 0xff}))).isFalse();
    }

    @Test
    void singleKey_containsOnlyItself() {
        KeyRange range = KeyRange.key(Bytes.utf8("a"));

        assertThat(range.contains(Bytes.utf8("a"))).isTrue();
        assertThat(range.contains(Bytes.utf8("ab"))).isFalse();
    }

    @Property
    void userPart_holdsTheUserKeysOfTheRangeAndNoSystemKey(
            @ForAll @Size(max = 3) byte[] start,
            @ForAll @Size(max = 3) byte[] end,
            @ForAll @Size(min = 1, max = 4) byte[] key) {
        KeyRange range = new KeyRange(Bytes.copyOf(start), Bytes.copyOf(end));
        Bytes probe = Bytes.copyOf(key);
        if (range.isSingleKey()) return;

        boolean visible = SystemKeys.userPart(range).contains(probe);

        assertThat(visible).isEqualTo(range.contains(probe) && !SystemKeys.isSystem(probe));
    }
}
