package dev.attune.cli.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class KeyValueSourceTest {
    @Test
    void dotenv_readsQuotesCommentsAndExports() {
        String text =
                "# made by hand\nexport A=1\nB = two words # why\nC='as $is # here'\nD=\"line\\none\\t\\\"q\\\"\" # x\nE=\n"
                        + "F=\"first\nsecond\"\r\nG=a#b";

        assertThat(KeyValueSource.DOTENV.read(text))
                .containsExactly(
                        Map.entry("A", "1"),
                        Map.entry("B", "two words"),
                        Map.entry("C", "as $is # here"),
                        Map.entry("D", "line\none\t\"q\""),
                        Map.entry("E", ""),
                        Map.entry("F", "first\nsecond"),
                        Map.entry("G", "a#b"));
    }

    @Test
    void dotenvLineWithoutEquals_isRefusedByItsNumber() {
        assertThatThrownBy(() -> KeyValueSource.DOTENV.read("A=1\nnonsense\nB=2"))
                .hasMessage(".env line 2: no '=' (expected: NAME=value)");
        assertThatThrownBy(() -> KeyValueSource.DOTENV.read("A='open"))
                .hasMessageContaining("a quote that does not end");
    }

    @Test
    void properties_keepTheirOrder() {
        assertThat(KeyValueSource.PROPERTIES
                        .read("z=1\na = 2\n# c\nm\\ k:\\\n  3")
                        .keySet())
                .containsExactly("z", "a", "m k");
    }

    @Test
    void yaml_isFlattenedInOrder() {
        String text =
                "server:\n  port: 8080\n  hosts: [a, b]\nempty: {}\nnothing:\nflag: NO\nversion: 1.10\ntext: \"0123\"\n";

        assertThat(KeyValueSource.YAML.read(text))
                .containsExactly(
                        Map.entry("server.port", "8080"),
                        Map.entry("server.hosts[0]", "a"),
                        Map.entry("server.hosts[1]", "b"),
                        Map.entry("empty", ""),
                        Map.entry("nothing", ""),
                        Map.entry("flag", "NO"),
                        Map.entry("version", "1.10"),
                        Map.entry("text", "0123"));
    }

    @Test
    void yamlThatIsNoMap_isRefused() {
        assertThatThrownBy(() -> KeyValueSource.YAML.read("- a\n- b"))
                .hasMessageContaining("expected: keys and values");
        assertThatThrownBy(() -> KeyValueSource.YAML.read("a: [")).hasMessageStartingWith("not YAML or JSON");
    }

    @Test
    void environment_isCutToThePrefix() {
        var environment = Map.of("ORDERS_A", "1", "ORDERS_B", "2", "PATH", "/bin", "ORDERS_", "x");

        assertThat(KeyValueSource.environment(environment, "ORDERS_"))
                .containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
    }

    @Test
    void kind_followsTheName() {
        assertThat(List.of(".env", "prod.env", "a.YML", "a.json", "a.properties", "plain"))
                .extracting(KeyValueSource::ofName)
                .containsExactly(
                        KeyValueSource.DOTENV,
                        KeyValueSource.DOTENV,
                        KeyValueSource.YAML,
                        KeyValueSource.JSON,
                        KeyValueSource.PROPERTIES,
                        KeyValueSource.PROPERTIES);
    }

    @Property(tries = 300)
    void keysWrittenAsProperties_readBackTheSame(@ForAll("keys") Map<String, String> keys) {
        assertThat(KeyValueSource.PROPERTIES.read(KeyValueTarget.write(keys, "a.properties")))
                .isEqualTo(keys);
    }

    @Property(tries = 300)
    void keysWrittenAsJson_readBackTheSame(@ForAll("keys") Map<String, String> keys) {
        assertThat(KeyValueSource.JSON.read(KeyValueTarget.write(keys, "a.json")))
                .isEqualTo(keys);
    }

    @Property(tries = 300)
    void keysWrittenAsYaml_readBackTheSame(@ForAll("keys") Map<String, String> keys) {
        assertThat(KeyValueSource.YAML.read(KeyValueTarget.write(keys, "a.yaml")))
                .isEqualTo(keys);
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<Map<String, String>> keys() {
        var key = net.jqwik.api.Arbitraries.strings()
                .withChars("ab.=:# !\\\tä配")
                .ofMinLength(1)
                .ofMaxLength(8);
        var value = net.jqwik.api.Arbitraries.strings()
                .withChars("ab '\"=:#!\\\t\n\r{}[],&*%@`-ä配")
                .ofMaxLength(20);
        return net.jqwik.api.Arbitraries.maps(key, value).ofMaxSize(6).map(LinkedHashMap::new);
    }

    @Test
    void fileWithoutKeys_cannotBeWritten() {
        assertThatThrownBy(() -> KeyValueTarget.write(Map.of("a", "b"), "notes.txt"))
                .hasMessageContaining("holds no keys");
    }
}
