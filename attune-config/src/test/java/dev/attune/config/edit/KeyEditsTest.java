package dev.attune.config.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.config.format.Documents;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("StringConcatToTextBlock")
final class KeyEditsTest {
    private static final Map<String, String> TEXTS = Map.of(
            "a.properties",
            "# pool\npool.size = 10\npool.name: main\n! end\nlast=a\\\n  b\n",
            "a.yaml",
            "# pool\npool:\n  size: 10 # threads\n  name: 'main'\n\n# other\nlist:\n  - one\n  - two\nflow: {x: 1}\nlast: |\n  text\n",
            "a.json",
            "{\n  \"pool\": {\n    \"size\": 10,\n    \"name\": \"main\"\n  },\n  \"list\": [\"one\", \"two\"],\n  \"empty\": {}\n}\n",
            "a.toml",
            "# pool\ntop = 1\n[pool]\nsize = 10 # threads\nname = 'main'\n\n[other]\nx = \"y\"\n",
            "a.xml",
            "<!-- pool -->\n<c>\n  <pool kind=\"fixed\">\n    <size>10</size>\n    <name>main</name>\n  </pool>\n  <l>1</l>\n  <l>2</l>\n</c>\n");

    @ParameterizedTest
    @CsvSource({
        "a.properties, '# pool\npool.size = 20\npool.name: main\n! end\nlast=a\\\n  b\n'",
        "a.toml, '# pool\ntop = 1\n[pool]\nsize = 20 # threads\nname = ''main''\n\n[other]\nx = \"y\"\n'",
    })
    void setOfOneKey_leavesEveryOtherByteAlone(String file, String expected) {
        Bytes edited = KeyEdits.set(file, text(file), "pool.size", "20");

        assertThat(edited.toUtf8()).isEqualTo(expected);
    }

    @Test
    void setOfOneKey_keepsCommentsOrderAndSpellingInEveryFormat() {
        TEXTS.forEach((file, text) -> {
            String edited = KeyEdits.set(file, text(file), "pool.size", "20").toUtf8();
            assertThat(edited).as(file).isEqualTo(text.replace("10", "20"));
        });
    }

    @Test
    void newKey_isAddedBehindItsSiblingsInEveryFormat() {
        TEXTS.forEach((file, text) -> {
            String edited = KeyEdits.set(file, text(file), "pool.queue", "5").toUtf8();
            assertThat(keys(file, edited)).as(file).containsEntry("pool.queue", "5");
            assertThat(edited.lines().toList()).as(file).containsAll(unbroken(text));
            String deep = KeyEdits.set(file, text(file), "brand.new.key", "a: 'b' \"c\" # <d>")
                    .toUtf8();
            assertThat(keys(file, deep)).as(file).containsEntry("brand.new.key", "a: 'b' \"c\" # <d>");
        });
    }

    /** Lines that an added neighbour does not touch: JSON needs a comma. */
    private static List<String> unbroken(String text) {
        return text.lines().filter(line -> !line.contains("\"name\"")).toList();
    }

    @Test
    void removedKey_takesItsLineAndNothingElse() {
        TEXTS.forEach((file, text) -> {
            String edited = KeyEdits.remove(file, text(file), "pool.name").toUtf8();
            assertThat(keys(file, edited))
                    .as(file)
                    .doesNotContainKey("pool.name")
                    .containsEntry("pool.size", "10");
        });
    }

    @Test
    void aliasedValue_isNeverEditedBehindAnotherKeysBack() {
        Bytes text = Bytes.utf8("a: &x 1\nb: *x\n");

        assertThatThrownBy(() -> KeyEdits.set("f.yaml", text, "b", "2"))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("edit the text");
    }

    @Test
    void randomEdits_changeExactlyTheKeyAskedForOrAreRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] values = {
            "", " ", "x", "1", "true", "a b", "ü€😀", "#no", "a: b", "'", "\"", "\\", "line\nline", "{}", "${x}"
        };
        for (Map.Entry<String, String> each : TEXTS.entrySet()) {
            Bytes text = Bytes.utf8(each.getValue());
            int made = 0;
            for (int i = 0; i < 200; i++) {
                List<String> keys =
                        new ArrayList<>(keys(each.getKey(), text.toUtf8()).keySet());
                boolean fresh = keys.isEmpty() || random.nextInt(3) == 0;
                String key = fresh
                        ? "n" + random.nextInt(5) + ".k" + random.nextInt(5)
                        : keys.get(random.nextInt(keys.size()));
                try {
                    boolean remove = !fresh && random.nextInt(4) == 0;
                    text = remove
                            ? KeyEdits.remove(each.getKey(), text, key)
                            : KeyEdits.set(each.getKey(), text, key, values[random.nextInt(values.length)]);
                    made++;
                } catch (AttuneException refused) {
                    // Refusing is allowed; changing something else is not, and is checked by the edit itself.
                }
            }
            assertThat(made).as("edits of %s, seed %d", each.getKey(), seed).isGreaterThan(60);
        }
    }

    private static Bytes text(String file) {
        return Bytes.utf8(Objects.requireNonNull(TEXTS.get(file)));
    }

    private static Map<String, String> keys(String file, String text) {
        return Objects.requireNonNull(Documents.keys(file, Bytes.utf8(text)));
    }
}
