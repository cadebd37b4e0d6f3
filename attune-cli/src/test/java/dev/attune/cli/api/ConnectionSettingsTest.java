package dev.attune.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConnectionSettingsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path folder = Path.of("");

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void noHome() {
        environment.put("HOME", folder.resolve("home").toString());
    }

    private ConnectionSettings settings() {
        return new ConnectionSettings(environment, folder);
    }

    @Test
    void nothingGiven_usesTheNodeOnThisMachine() throws IOException {
        write("attune-data/admin-token", "local\n");

        Connection connection = settings().resolve(null, null, null, TIMEOUT);

        assertThat(connection.endpoints()).containsExactly(URI.create("http://127.0.0.1:7420"));
        assertThat(connection.token()).isEqualTo("local");
    }

    @Test
    void userFile_winsOverTheLocalNode() throws IOException {
        write("attune-data/admin-token", "local");
        write("home/.config/attune/config", "endpoints=a:1,b:2\ntoken-file=" + write("saved", "saved"));

        Connection connection = settings().resolve(null, null, null, TIMEOUT);

        assertThat(connection.endpoints()).containsExactly(URI.create("http://a:1"), URI.create("http://b:2"));
        assertThat(connection.token()).isEqualTo("saved");
    }

    @Test
    void environment_winsOverTheUserFile() throws IOException {
        write("home/.config/attune/config", "endpoints=a:1\ntoken=saved");
        environment.put("ATTUNE_ENDPOINTS", "https://c:3/");
        environment.put("ATTUNE_TOKEN", "given");

        Connection connection = settings().resolve(null, null, null, TIMEOUT);

        assertThat(connection.endpoints()).containsExactly(URI.create("https://c:3"));
        assertThat(connection.token()).isEqualTo("given");
    }

    @Test
    void flags_winOverEverything() throws IOException {
        environment.put("ATTUNE_ENDPOINTS", "c:3");
        environment.put("ATTUNE_TOKEN", "given");

        Connection connection = settings().resolve("d:4", write("flag", " flagged \n"), null, TIMEOUT);

        assertThat(connection.endpoints()).containsExactly(URI.create("http://d:4"));
        assertThat(connection.token()).isEqualTo("flagged");
    }

    @Test
    void badAddressAndMissingFile_areNamed() {
        assertThatThrownBy(() -> settings().resolve("ftp://x", null, null, TIMEOUT))
                .hasMessage("endpoint: ftp://x (expected: http://host:port)");
        assertThatThrownBy(() -> settings().resolve(null, folder.resolve("none"), null, TIMEOUT))
                .hasMessageStartingWith("token file: ");
    }

    @Test
    void connection_keepsItsTokenOutOfText() throws IOException {
        assertThat(settings().resolve(null, write("t", "secret"), null, TIMEOUT).toString())
                .doesNotContain("secret");
    }

    private Path write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Path parent = path.getParent();
        if (parent != null) Files.createDirectories(parent);
        return Files.writeString(path, text);
    }
}
