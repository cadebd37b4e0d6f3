package dev.attune.config.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.config.format.Document;
import dev.attune.config.format.Documents;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock")
final class BinderTest {
    private static final Coordinate FILE = new Coordinate("prod", "orders", "default", "app.yaml");

    private final Map<FileName, Layer> centre = new HashMap<>();

    @Test
    void references_areBoundToOwnImportedAndOtherFilesKeys() {
        put("shared", "common.yaml", "host: db1\nport: 5432\n");
        put("shared", "other.yaml", "region: eu\n");

        Map<String, String> bindings = bind(
                "attune.import: shared/common.yaml\nurl: \"jdbc://${host}:${port}/${name}\"\n"
                        + "name: orders\nregion: ${shared/other.yaml#region}\nmissing: ${nope:fallback}\nplain: $${x}\n");

        assertThat(bindings)
                .containsOnly(
                        Map.entry("host", "db1"),
                        Map.entry("port", "5432"),
                        Map.entry("name", "orders"),
                        Map.entry("shared/other.yaml#region", "eu"));
        assertThat(References.bound("jdbc://${host}:${port}", bindings)).isEqualTo("jdbc://db1:5432");
        assertThat(References.bound("${nope:fallback} $${x}", bindings)).isEqualTo("fallback ${x}");
    }

    @Test
    void unresolvedReference_isRefusedWithItsPlace() {
        InvalidDocumentException refused = refused("a: 1\nb: \"x ${nowhere}\"\n");

        assertThat(refused).hasMessageStartingWith("line 2, column 7: reference: nowhere is not known");
    }

    @Test
    void referencesInACircle_areRefused() {
        assertThat(refused("a: ${b}\nb: ${c}\nc: ${a}\n")).hasMessageContaining("circle: a → b → c → a");
    }

    @Test
    void importsInACircle_areRefusedWithTheWay() {
        put("shared", "one.yaml", "attune.import: shared/two.yaml\n");
        put("shared", "two.yaml", "attune.import: orders/app.yaml\n");

        assertThat(refused("x: 1\nattune.import: shared/one.yaml\n"))
                .hasMessageStartingWith("line 2, column 16: imports go in a circle: "
                        + "orders/app.yaml → shared/one.yaml → shared/two.yaml → orders/app.yaml");
    }

    @Test
    void importOfWhatIsNotThere_isRefusedWithItsPlace() {
        assertThat(refused("attune:\n  import:\n    - shared/gone.yaml\n"))
                .hasMessage("line 3, column 7: import: there is no public file shared/gone.yaml here");
    }

    @Test
    void effective_prefersOwnKeysThenEarlierImportsAndTakesListsWhole() {
        put("shared", "base.yaml", "a: base\nb: base\nd: base\nlist: [1, 2, 3]\n");
        put("shared", "common.yaml", "attune.import: base.yaml\na: common\nb: common\nlist: [x]\n");
        put("shared", "late.yaml", "a: late\nc: late\n");
        Layer own = layer("orders", "app.yaml", "attune.import: [shared/common.yaml, shared/late.yaml]\na: own\n");

        Effective effective = Effective.of(own, centre::get);

        assertThat(effective.keys())
                .isEqualTo(Map.of("a", "own", "b", "common", "c", "late", "d", "base", "list[0]", "x"));
        assertThat(Objects.requireNonNull(effective.values().get("d")).layer().name())
                .isEqualTo(new FileName("shared", "base.yaml"));
    }

    private Map<String, String> bind(String text) {
        Binder binder = new Binder(FILE, Document.read(FILE.file(), Bytes.utf8(text)));
        for (var missing = binder.missing(); !missing.isEmpty(); missing = binder.missing())
            missing.forEach(name -> binder.provide(name, centre.get(name)));
        return binder.bind();
    }

    private InvalidDocumentException refused(String text) {
        return catchThrowableOfType(InvalidDocumentException.class, () -> bind(text));
    }

    private void put(String application, String file, String text) {
        Layer layer = layer(application, file, text);
        centre.put(layer.name(), layer);
    }

    private static Layer layer(String application, String file, String text) {
        Map<String, String> keys = Objects.requireNonNull(Documents.keys(file, Bytes.utf8(text)));
        return Layer.of(new Coordinate("prod", application, "default", file), 1, keys, Map.of());
    }
}
