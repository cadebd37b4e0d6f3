package dev.attune.e2e.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.e2e.cluster.ServerProcess;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Secret values, and what is moved in and out as a whole. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EstateIT {
    private static final String SECRET = "s3cr3t-of-orders";

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

    @AfterEach
    void administratorAgain() throws Exception {
        centre.as("");
    }

    @Test
    void secrets_areMaskedEverywhereRotatedWhileServing_andMissedByNameWhenTheirKeyIsGone() throws Exception {
        String file = "vault/orders/app.yaml";
        centre.ok("user: orders\npassword: '{secret}" + SECRET + "'\n", "put", file);
        centre.ok("", "set", file, "user", "other");
        centre.ok("", "export", "vault", "vault.zip");

        assertThat(centre.everywhere("get", file))
                .contains("{sealed:1.k1.orders~")
                .doesNotContain(SECRET);
        assertThat(centre.everywhere("diff", file)).contains("user").doesNotContain(SECRET);
        assertThat(centre.everywhere("diff", file, "--from", "1", "--to", "2", "--keys"))
                .doesNotContain(SECRET);
        assertThat(zip(centre.directory().resolve("vault.zip")))
                .contains("{sealed:1")
                .doesNotContain(SECRET);
        assertThat(centre.everywhere("effective", "vault/orders")).contains(SECRET);
        centre.as(centre.ok("", "token", "create", "blind", "--role", "reader").strip());
        assertThat(centre.everywhere("effective", "vault/orders"))
                .contains("••••••")
                .doesNotContain(SECRET);
        assertThat(centre.everywhere("search", "password", "--env", "vault")).doesNotContain(SECRET);
        assertThat(centre.everywhere("search", SECRET, "--env", "vault")).doesNotContain("password");
        centre.as("");

        centre.secretKeys("k2 " + Centre.key(2), "k1 " + Centre.key(1));
        centre.restartInTurn();
        assertThat(centre.ok("", "secret", "rotate", "vault/orders")).contains("1 files");
        assertThat(centre.everywhere("get", file)).contains("{sealed:1.k2.orders~");
        assertThat(centre.everywhere("effective", "vault/orders")).contains(SECRET);

        centre.secretKeys();
        centre.restartInTurn();
        for (ServerProcess each : centre.cluster().servers())
            assertThat(centre.refused("", "effective", "vault/orders"))
                    .as(each.id())
                    .contains("no key k2", "secret-keys", "copy the file");
        centre.secretKeys("k2 " + Centre.key(2));
        centre.restartInTurn();
        assertThat(centre.everywhere("effective", "vault/orders")).contains(SECRET);
        for (ServerProcess each : centre.cluster().servers())
            assertThat(Files.readString(each.log())).as(each.id()).doesNotContain(SECRET);
    }

    private static String zip(Path file) throws Exception {
        StringBuilder all = new StringBuilder();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry each : java.util.Collections.list(zip.entries()))
                all.append(each.getName())
                        .append('\n')
                        .append(new String(zip.getInputStream(each).readAllBytes(), StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    @Test
    void environments_areExportedAndImportedAsZipAndFolder_whole() throws Exception {
        centre.ok("a: 1 # kept\r\n", "put", "from/orders/app.yaml");
        centre.ok("b=2\n", "put", "from/orders/dc1/db.properties");
        centre.ok("c: 3\n", "put", "from/billing/app.yaml");
        assertThat(centre.ok("", "export", "from", "from.zip")).contains("3 files");
        assertThat(centre.refused("", "export", "from", "from.zip")).contains("from.zip");
        assertThat(centre.ok("", "export", "from", "one.zip", "--app", "billing"))
                .contains("1 files");

        assertThat(centre.ok("", "import-env", "zipped", "from.zip", "--dry-run"))
                .contains("dry run");
        assertThat(centre.refused("", "get", "zipped/orders/app.yaml")).contains("no file");
        centre.ok("", "import-env", "zipped", "from.zip", "-m", "copy");
        assertThat(centre.everywhere("get", "zipped/orders/app.yaml")).isEqualTo("a: 1 # kept\r\n");
        assertThat(centre.everywhere("get", "zipped/orders/dc1/db.properties")).isEqualTo("b=2\n");
        assertThat(centre.ok("", "import-env", "zipped", "from.zip")).doesNotContain("RELEASED");

        Path folder = centre.directory().resolve("folder");
        write(folder.resolve("orders/default/app.yaml"), "a: 5\n");
        centre.ok("", "import-env", "foldered", "folder");
        assertThat(centre.everywhere("get", "foldered/orders/app.yaml")).isEqualTo("a: 5\n");
        write(folder.resolve("orders/default/broken.yaml"), "a: [\n");
        assertThat(centre.refused("", "import-env", "foldered", "folder")).contains("broken.yaml", "line");
    }

    private static void write(Path file, String text) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void estatesOfOtherSystems_areTakenIn() throws Exception {
        Path apollo = centre.directory().resolve("apollo");
        write(apollo.resolve("PRO/orders+default+application.properties"), "a=1\n");
        write(apollo.resolve("PRO/orders+dc1+db.yaml"), "url: x\n");
        centre.ok("", "import-env", "apollo", "apollo", "--from", "APOLLO");
        assertThat(centre.everywhere("get", "apollo/orders/application.properties"))
                .isEqualTo("a=1\n");
        assertThat(centre.everywhere("get", "apollo/orders/dc1/db.yaml")).isEqualTo("url: x\n");

        Path nacos = centre.directory().resolve("nacos.zip");
        try (OutputStream out = Files.newOutputStream(nacos);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("ORDERS_GROUP/app.yaml"));
            zip.write("b: 2\n".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry(".metadata.yml"));
            zip.write("metadata: []\n".getBytes(StandardCharsets.UTF_8));
        }
        centre.ok("", "import-env", "nacos", "nacos.zip", "--from", "NACOS");
        assertThat(centre.everywhere("get", "nacos/ORDERS_GROUP/app.yaml")).isEqualTo("b: 2\n");

        Path spring = centre.directory().resolve("spring");
        write(spring.resolve("orders.yml"), "c: 3\n");
        write(spring.resolve("orders-spring.yml"), "c: 4\n");
        write(spring.resolve("orders-other.txt"), "no configuration\n");
        centre.ok("", "import-env", "spring", "spring", "--from", "SPRING");
        assertThat(centre.everywhere("get", "spring/orders/application.yml")).isEqualTo("c: 3\n");
        assertThat(centre.everywhere("get", "spring/orders/application-spring.yml"))
                .isEqualTo("c: 4\n");
    }

    @Test
    void retention_removesOldReleasesAndNeverAnActiveOne() throws Exception {
        String file = "keep/orders/app.yaml";
        centre.ok("v: 1\n", "put", file);
        centre.ok("v: gray\n", "gray", "set", file, "old", "-f", "-", "--label", "zone=a");
        for (int i = 3; i <= 10; i++) centre.ok("v: " + i + "\n", "put", file);
        centre.ok("", "settings", "env", "keep", "--keep-releases", "3", "--keep-days", "0");

        assertThat(centre.ok("", "retention", "keep")).contains("removed 6 releases");
        for (int node = 0; node < 3; node++) {
            assertThat(centre.refused("", "get", file, "--release", "5")).contains("no release 5");
            assertThat(centre.ok("", "effective", "keep/orders", "--label", "zone=a"))
                    .contains("gray");
            assertThat(centre.ok("", "get", file, "--release", "9")).isEqualTo("v: 9\n");
        }
    }
}
