package dev.attune.e2e.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Bound;
import dev.attune.client.config.Config;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files: where they are looked up, what they import, how they are written, checked, compared and undone. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FilesIT {
    @SuppressWarnings("NullAway.Init")
    private Centre centre;

    @BeforeAll
    void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        centre = Centre.start(directory);
    }

    @AfterAll
    void stop() {
        centre.close();
    }

    /** What the instance binds. */
    record Pool(int size) {
        Pool {
            if (size > 100) throw new IllegalArgumentException("size: " + size + " (expected: <= 100)");
        }
    }

    @Test
    void lookup_takesTheClusterThenTheDataCentreThenDefault() {
        centre.ok("a: everywhere\n", "put", "look/orders/app.yaml");
        centre.ok("a: centre\n", "put", "look/orders/dc1/app.yaml");
        centre.ok("a: zone\n", "put", "look/orders/zone-a/app.yaml");

        assertThat(centre.everywhere("effective", "look/orders", "--cluster", "zone-a", "--data-centre", "dc1"))
                .contains("zone", "look/orders/zone-a/app.yaml@1");
        assertThat(centre.everywhere("effective", "look/orders", "--cluster", "zone-b", "--data-centre", "dc1"))
                .contains("look/orders/dc1/app.yaml@1");
        assertThat(centre.everywhere("effective", "look/orders", "--cluster", "zone-b"))
                .contains("everywhere", "look/orders/default/app.yaml@1");
    }

    @Test
    void imports_areOverriddenKeyByKey_andReferencesRefusedWithTheirPlace() {
        centre.ok("x: deep\ny: deep\nz: deep\n", "put", "imp/shared/deep.yaml");
        centre.ok("attune.import: deep.yaml\ny: base\nz: base\n", "put", "imp/shared/base.yaml");
        centre.ok("", "settings", "file", "imp/shared/base.yaml", "--public", "true");
        centre.ok("", "settings", "file", "imp/shared/deep.yaml", "--public", "true");
        centre.ok(
                "attune.import: shared/base.yaml\nz: own\nurl: db://${y}/${shared/deep.yaml#x}\n",
                "put",
                "imp/orders/app.yaml");

        String effective = centre.everywhere("effective", "imp/orders");
        assertThat(effective)
                .contains("db://base/deep")
                .containsPattern("x +deep +imp/shared/default/deep.yaml@1")
                .containsPattern("y +base +imp/shared/default/base.yaml@1")
                .containsPattern("z +own +imp/orders/default/app.yaml@1");
        centre.ok("x: newer\ny: deep\nz: deep\n", "put", "imp/shared/deep.yaml");
        // What is imported is followed; what a reference stood for is fixed with the release.
        assertThat(centre.everywhere("effective", "imp/orders"))
                .containsPattern("x +newer +imp/shared/default/deep.yaml@2")
                .contains("db://base/deep");

        assertThat(centre.refused("a: 1\nb: ${nowhere}\n", "put", "imp/orders/bad.yaml"))
                .contains("line 2, column 4", "nowhere", "expected");
        centre.ok("s: 1\n", "put", "imp/billing/own.yaml");
        assertThat(centre.refused("attune.import: billing/own.yaml\n", "put", "imp/orders/bad.yaml"))
                .contains("line 1", "no public file billing/own.yaml");
        assertThat(centre.refused("attune.import: base.yaml\n", "put", "imp/shared/deep.yaml"))
                .contains("circle", "shared/base.yaml");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a.properties | # c\\na=1\\n\\n! d\\nb = 2\\n | b | 3 | # c\\na=1\\n\\n! d\\nb = 3\\n | a=\\\\u12\\n",
                "a.yaml | # c\\na: 1 # one\\nb:\\n  c: 2 # two\\n | b.c | 3 | # c\\na: 1 # one\\nb:\\n  c: 3 # two\\n | a: [1\\nb: 2\\n",
                "a.json | {\\n  \"a\": 1,\\n  \"b\": {\"c\": 2}\\n}\\n | b.c | 3 | {\\n  \"a\": 1,\\n  \"b\": {\"c\": 3}\\n}\\n | {\"a\": 1,}",
                "a.toml | # c\\na = 1\\n\\n[b]\\nc = 2 # two\\n | b.c | 3 | # c\\na = 1\\n\\n[b]\\nc = 3 # two\\n | a = \\n",
                "a.xml | <r>\\n  <!-- c -->\\n  <a>1</a>\\n  <b>2</b>\\n</r>\\n | b | 3 | <r>\\n  <!-- c -->\\n  <a>1</a>\\n  <b>3</b>\\n</r>\\n | <r><a></r>",
            })
    void everyFormat_keepsItsBytesOrderAndComments_andNamesThePlaceOfAnError(
            String file, String text, String key, String value, String edited, String broken) {
        String address = "form/orders/" + file;
        centre.ok(plain(text), "put", address);
        assertThat(centre.everywhere("get", address)).isEqualTo(plain(text));

        centre.ok("", "set", address, key, value);
        assertThat(centre.everywhere("get", address)).isEqualTo(plain(edited));

        assertThat(centre.refused(plain(broken), "put", address)).containsPattern("line \\d+");
        assertThat(centre.everywhere("get", address)).isEqualTo(plain(edited));
    }

    private static String plain(String escaped) {
        return escaped.replace("\\\\", "\\").replace("\\n", "\n");
    }

    @Test
    void hostileDocuments_areRefusedInTime_andEveryNodeGoesOn() {
        StringBuilder laughs = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c <= 'j'; c++)
            laughs.append(c + ": &" + c + " [" + ("*" + (char) (c - 1) + ",").repeat(8) + "*" + (char) (c - 1) + "]\n");
        long begun = System.nanoTime();
        for (int node = 0; node < 3; node++) {
            assertThat(centre.refused(laughs.toString(), "put", "evil/orders/a.yaml"))
                    .contains("alias");
            assertThat(centre.refused("[".repeat(5_000), "put", "evil/orders/a.json"))
                    .contains("line 1");
            assertThat(centre.refused("a: 1\na: 2\n", "put", "evil/orders/a.yaml"))
                    .contains("line 2", "twice");
            assertThat(centre.refused("{\"a\":1,\"a\":2}", "put", "evil/orders/a.json"))
                    .containsIgnoringCase("duplicate");
            assertThat(centre.refused("<!DOCTYPE r [<!ENTITY e \"e\">]><r>&e;</r>", "put", "evil/orders/a.xml"))
                    .contains("document type");
            assertThat(centre.refused("x".repeat((512 << 10) + 1), "put", "evil/orders/a.txt"))
                    .contains("too large");
        }
        assertThat((System.nanoTime() - begun) / 1_000_000_000).isLessThan(60);
        centre.ok("a: 1\n", "put", "evil/orders/a.yaml");
        assertThat(centre.everywhere("get", "evil/orders/a.yaml")).isEqualTo("a: 1\n");
    }

    @Test
    void invalidText_isRefusedAtSaveAtReleaseAndByAnInstance_eachSayingWhatToDo() throws Exception {
        String loose = "{\"properties\":{\"pool\":{\"properties\":{\"size\":{\"type\":\"integer\"}}}}}";
        centre.ok(loose, "put", "valid/orders/pool.schema.json");
        centre.ok("pool: {size: 8}\n", "put", "valid/orders/app.yaml");
        centre.ok("", "settings", "file", "valid/orders/app.yaml", "--schema", "pool.schema.json");

        // At save: the file itself, and a draft of it.
        assertThat(centre.refused("pool: {size: many}\n", "put", "valid/orders/app.yaml"))
                .contains("does not fit its schema", "/pool/size", "integer");
        Path local = Files.writeString(centre.directory().resolve("many.yaml"), "pool: {size: many}\n");
        assertThat(centre.refused("", "change", "create", "valid", "--put", "orders/app.yaml=" + local))
                .contains("valid/orders/default/app.yaml", "/pool/size", "integer");

        // At release: what was valid when it was saved is not under the schema of now.
        Files.writeString(local, "pool: {size: 900}\n");
        String change = centre.ok("", "change", "create", "valid", "--put", "orders/app.yaml=" + local)
                .split(" ")[1];
        centre.ok("", "change", "submit", "valid", change);
        centre.ok(loose.replace("\"integer\"", "\"integer\",\"maximum\":500"), "put", "valid/orders/pool.schema.json");
        assertThat(centre.refused("", "change", "release", "valid", change))
                .contains("app.yaml", "/pool/size", "maximum value of 500");

        // By an instance: what fits the schema does not bind.
        try (AttuneClient client = centre.client();
                Config config = client.config(InstanceSpec.of("i1", "valid", "orders"))) {
            Bound<Pool> pool = config.bind("pool", Pool.class);
            centre.ok("", "set", "valid/orders/app.yaml", "pool.size", "400");
            Centre.until("the veto is reported", () -> centre.ok("", "instances", "valid/orders")
                    .contains("rejected"));
            assertThat(centre.everywhere("instances", "valid/orders")).contains("size: 400 (expected: <= 100)");
            assertThat(pool.get().size()).isEqualTo(8);
        }
    }

    @Test
    void releases_areComparedByLineAndKey_andRolledBackAsNewOnes() throws Exception {
        String file = "hist/orders/app.yaml";
        centre.ok("# c\na: 1\nb: 1\n", "put", file, "-m", "one");
        centre.ok("# c\na: 2\nb: 1\n", "put", file, "-m", "two");
        centre.ok("# c\na: 2\nc: 3\n", "put", file, "-m", "three");

        assertThat(centre.everywhere("diff", file, "--from", "1", "--to", "3"))
                .contains("-a: 1", "+a: 2", "-b: 1", "+c: 3");
        assertThat(centre.everywhere("diff", file, "--from", "1", "--to", "3", "--keys"))
                .containsPattern("a +1 +2")
                .containsPattern("b +1")
                .containsPattern("c +3");
        assertThat(centre.refused("a: 9\n", "put", file, "--base", "1")).contains("base release: 1 (current: 3)");
        centre.ok("", "rollback", file, "1", "-m", "back");
        assertThat(centre.everywhere("get", file)).isEqualTo("# c\na: 1\nb: 1\n");
        centre.ok("", "delete", file);
        assertThat(centre.refused("", "get", file)).contains("no file");
        centre.ok("", "rollback", file, "2");

        JsonNode releases = centre.json("GET", "/api/v1/envs/hist/apps/orders/files/app.yaml/releases", "")
                .path("releases");
        assertThat(releases.findValuesAsText("release")).containsExactly("5", "4", "3", "2", "1");
        assertThat(releases.findValuesAsText("kind"))
                .containsExactly("ROLLBACK", "ROLLBACK", "NORMAL", "NORMAL", "NORMAL");
    }
}
