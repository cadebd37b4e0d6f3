package dev.attune.cli.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EstateTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void apolloExport_isReadByItsFileNames() throws Exception {
        Path zip = zip(Map.of(
                "PRO/orders+default+application.properties", "a=1",
                "PRO/orders+eu+db.yaml", "b: 1",
                "app.metadata", "{}"));

        assertThat(places(Estate.APOLLO, zip))
                .isEqualTo(
                        Map.of("prod/orders/default/application.properties", "a=1", "prod/orders/eu/db.yaml", "b: 1"));
    }

    @Test
    void nacosExport_makesApplicationsOfItsGroups() throws Exception {
        Path zip = zip(Map.of("DEFAULT_GROUP/orders.yaml", "a: 1", ".metadata.yml", "metadata: []"));

        assertThat(places(Estate.NACOS, zip)).isEqualTo(Map.of("prod/DEFAULT_GROUP/default/orders.yaml", "a: 1"));
    }

    @Test
    void springFolder_knowsTheProfileOfTheEnvironment() throws Exception {
        Files.writeString(folder.resolve("orders.yml"), "a: 1");
        Files.writeString(folder.resolve("orders-prod.yml"), "a: 2");
        Files.writeString(folder.resolve("order-service.properties"), "a=3");
        Files.writeString(folder.resolve("README.md"), "no");

        assertThat(places(Estate.SPRING, folder))
                .isEqualTo(Map.of(
                        "prod/orders/default/application.yml", "a: 1",
                        "prod/orders/default/application-prod.yml", "a: 2",
                        "prod/order-service/default/application.properties", "a=3"));
    }

    @Test
    void ownExport_comesBackWhereItWas() throws Exception {
        Path zip = zip(Map.of("orders/eu/app.yaml", "a: 1"));

        assertThat(places(Estate.ATTUNE, zip)).isEqualTo(Map.of("prod/orders/eu/app.yaml", "a: 1"));
    }

    @Test
    void zipThatGrows_isRefusedBeforeItFillsMemory() throws Exception {
        Path zip = zip(Map.of("orders/eu/app.yaml", "x".repeat(2 << 20)));

        assertThatThrownBy(() -> Estate.ATTUNE.read("prod", zip)).hasMessageContaining("too large");
    }

    private Path zip(Map<String, String> files) throws IOException {
        Path zip = folder.resolve("in.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, String> each : files.entrySet()) {
                out.putNextEntry(new ZipEntry(each.getKey()));
                out.write(each.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return zip;
    }

    private static Map<String, String> places(Estate form, Path source) throws IOException {
        Map<String, String> places = new TreeMap<>();
        for (Map.Entry<Coordinate, byte[]> each : form.read("prod", source).entrySet())
            places.put(each.getKey().toString(), new String(each.getValue(), StandardCharsets.UTF_8));
        return places;
    }
}
