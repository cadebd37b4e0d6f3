package dev.attune.config.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DocumentsTest {
    @ParameterizedTest
    @CsvSource({
        "application,PROPERTIES",
        "a.properties,PROPERTIES",
        "a.yaml,YAML",
        "a.YML,YAML",
        "a.json,JSON",
        "a.toml,TOML",
        "a.xml,XML",
        "a.txt,TEXT",
        "a.sh,TEXT"
    })
    void suffix_givesTheFormat(String file, Format format) {
        assertThat(Format.of(file)).isEqualTo(format);
    }

    @Test
    void yaml_isFlattenedInOrderAndKeepsSpelling() {
        Map<String, String> keys = keys(
                "a.yaml",
                "server:\n  port: 0777\n  version: 1.10\nlist: [x, {y: yes}]\nnone: ~\nempty: {}\ndate: 2020-01-02\n");

        assertThat(keys)
                .containsExactly(
                        Map.entry("server.port", "0777"),
                        Map.entry("server.version", "1.10"),
                        Map.entry("list[0]", "x"),
                        Map.entry("list[1].y", "yes"),
                        Map.entry("none", ""),
                        Map.entry("empty", ""),
                        Map.entry("date", "2020-01-02"));
    }

    @Test
    void yamlMergeKey_addsWhatTheMapDoesNotHave() {
        Map<String, String> keys = keys("a.yaml", "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n");

        assertThat(keys).containsEntry("use.x", "1").containsEntry("use.y", "3");
    }

    @Test
    void json_isFlattenedAndKeepsSpelling() {
        assertThat(keys("a.json", "{\"a\":{\"b\":[1.50,true,null,[]]},\"c\":{}}"))
                .containsExactly(
                        Map.entry("a.b[0]", "1.50"),
                        Map.entry("a.b[1]", "true"),
                        Map.entry("a.b[2]", ""),
                        Map.entry("a.b[3]", ""),
                        Map.entry("c", ""));
    }

    @Test
    void properties_areReadAsTheJdkDoesInOrder() {
        assertThat(keys("a", "# note\nb = 1\na:2 \\\n  more\nb=3\nu=\\u00e9\n"))
                .containsExactly(Map.entry("b", "3"), Map.entry("a", "2 more"), Map.entry("u", "é"));
    }

    @Test
    void text_hasNoKeys() {
        assertThat(Documents.keys("a.txt", Bytes.utf8("]]not anything"))).isNull();
    }

    @Test
    void toml_isFlattenedInOrder() {
        assertThat(keys("a.toml", "b = 1_000\n[a]\nx = \"y\"\nl = [1, 2]\nd = 2026-01-01\n"))
                .containsExactly(
                        Map.entry("b", "1000"),
                        Map.entry("a.x", "y"),
                        Map.entry("a.l[0]", "1"),
                        Map.entry("a.l[1]", "2"),
                        Map.entry("a.d", "2026-01-01"));
    }

    @Test
    void xml_isFlattenedBelowItsRoot() {
        assertThat(keys("a.xml", "<c a='1'><p k='2'><q> 3 </q></p><l>4</l><l>5</l><e/></c>"))
                .containsExactly(
                        Map.entry("@a", "1"),
                        Map.entry("p@k", "2"),
                        Map.entry("p.q", "3"),
                        Map.entry("l[0]", "4"),
                        Map.entry("l[1]", "5"),
                        Map.entry("e", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.yaml|a: 1\\nb: [1|2|6",
                "a.yaml|a: 1\\na: 2|2|1",
                "a.yaml|a: 1\\n\\tb: 2|2|1",
                "a.yaml|a:\\n  - b: x\\n    b: y|3|5",
                "a.json|{\"a\":1,\\n \"b\":}|2|6",
                "a.json|{\"a\":1,\\n\"a\":2}|2|4",
                "a.json|{} x|1|4",
                "a.properties|a=1\\nb=\\u00g1|2|3",
                "a.toml|a = 1\\nb = [1|2|7",
                "a.xml|<a>\\n<b></a>|2|6",
            })
    void invalidText_isRefusedWithLineAndColumn(String file, String text, int line, int column) {
        InvalidDocumentException refused =
                refusal(file, text.replace("\\n", "\n").replace("\\t", "\t"));

        assertThat(refused).isNotNull();
        assertThat(List.of(refused.line(), refused.column()))
                .as(refused.getMessage())
                .isEqualTo(List.of(line, column));
    }

    @Test
    void notUtf8_isRefusedWithItsPlace() {
        byte[] bytes = {'a', '\n', 'b', (byte) 0xff};

        InvalidDocumentException refused =
                catchThrowableOfType(InvalidDocumentException.class, () -> Documents.keys("a.txt", Bytes.wrap(bytes)));

        assertThat(refused).hasMessage("line 2, column 2: not UTF-8");
    }

    @Test
    void hostileDocuments_areRefusedWithinBounds() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++)
            bomb.append("a" + i + ": &a" + i + " [")
                    .append(("*a" + (i - 1) + ",").repeat(4))
                    .append("x]\n");
        StringBuilder merges = new StringBuilder("a0: &a0 {x: 1}\n");
        for (int i = 1; i < 13; i++)
            merges.append("a" + i + ": &a" + i + " {<<: [")
                    .append(("*a" + (i - 1) + ",").repeat(3))
                    .append("{y: 1}]}\n");
        Map<String, String> hostile = pairs(
                "bomb.yaml",
                bomb.toString(),
                "merges.yaml",
                merges.toString(),
                "self.yaml",
                "a: &a [*a]\n",
                "deep.yaml",
                "[".repeat(10_000),
                "block.yaml",
                "- ".repeat(5_000) + "x",
                "deep.json",
                "[".repeat(100_000),
                "many.json",
                "{\"a\":[" + "1,".repeat(20_000) + "1]}",
                "tags.yaml",
                "!!javax.script.ScriptEngineManager [!!java.net.URL [\"http://localhost\"]] : x",
                "long.properties",
                "k".repeat(2_000) + "=1",
                "deep.toml",
                "a = " + "[".repeat(100_000),
                "twice.toml",
                "a = 1\na = 2\n",
                "deep.xml",
                "<a>".repeat(10_000),
                "laughs.xml",
                "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                "file.xml",
                "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
                "two.yaml",
                "a: 1\n---\nb: 2\n");

        hostile.forEach((file, text) -> assertThat(refusal(file, text)).as(file).isNotNull());
    }

    @Test
    void anyBytes_areReadOrRefusedAndNothingElse() {
        long seed = 4711;
        Random random = new Random(seed);
        String alphabet = "ab:{}[],\"'\n -&*<!#\\u0=|>%@`?\t";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            boolean few = round % 20 == 0;
            for (String file : few
                    ? List.of("a.toml", "a.xml", "a.yaml", "a.json", "a.properties")
                    : List.of("a.yaml", "a.json", "a.properties")) {
                try {
                    Documents.keys(file, Bytes.utf8(text.toString()));
                } catch (InvalidDocumentException expected) {
                    assertThat(expected.line()).isNotNegative();
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed + " round " + round + " " + file + ": " + text, e);
                }
            }
        }
    }

    private static Map<String, String> pairs(String... all) {
        Map<String, String> pairs = new java.util.LinkedHashMap<>();
        for (int i = 0; i < all.length; i += 2) pairs.put(all[i], all[i + 1]);
        return pairs;
    }

    private static Map<String, String> keys(String file, String text) {
        @Nullable Map<String, String> keys = Documents.keys(file, Bytes.utf8(text));
        return keys == null ? Map.of() : keys;
    }

    private static InvalidDocumentException refusal(String file, String text) {
        return catchThrowableOfType(InvalidDocumentException.class, () -> Documents.keys(file, Bytes.utf8(text)));
    }

    @Test
    void limitOfTheParser_namesThePlaceAndNotItsSettings() {
        InvalidDocumentException refused = catchThrowableOfType(
                InvalidDocumentException.class, () -> Documents.keys("a.json", Bytes.utf8("\n\n" + "[".repeat(100))));

        assertThat(refused.line()).isEqualTo(3);
        assertThat(refused).hasMessageContaining("64").hasMessageNotContaining("StreamReadConstraints");
    }
}
