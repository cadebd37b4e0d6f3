package dev.attune.spring;

import static dev.attune.spring.Started.app;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.spring.source.AttuneImportException;
import dev.attune.testkit.AttuneExtension;
import dev.attune.testkit.TestCentre;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What {@code spring.config.import=attune:} reads, and what wins over what. */
@Timeout(120)
@ExtendWith(AttuneExtension.class)
class ImportTest {
    @Configuration
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void allFilesOfTheApplication_overWhatIsBundled_underProfilesAndTheCommandLine(TestCentre centre) {
        centre.put("test", "import", "application.yaml", "a: centre\nb: centre\nc: centre\nd: centre\n");
        centre.put("test", "import", "extra.properties", "a=extra\ne=extra\n");
        centre.put("test", "import", "application-blue.yaml", "b: blue\nc: blue\n");
        centre.put("test", "import", "application-green.yaml", "c: green\n");
        centre.put("test", "import", "application-red.yaml", "a: red\n");
        try (ConfigurableApplicationContext context =
                app(centre, "import", Application.class, "spring.profiles.active=blue,green", "d=command line")) {
            assertThat(context.getEnvironment().getProperty("a")).isEqualTo("centre");
            assertThat(context.getEnvironment().getProperty("b")).isEqualTo("blue");
            assertThat(context.getEnvironment().getProperty("c")).isEqualTo("green");
            assertThat(context.getEnvironment().getProperty("d")).isEqualTo("command line");
            assertThat(context.getEnvironment().getProperty("e")).isEqualTo("extra");
            assertThat(context.getEnvironment().getProperty("bundled.only")).isEqualTo("yes");
            assertThat(context.getEnvironment().getProperty("attune.bundled.both"))
                    .isNull();
        }
    }

    @Test
    void namedFiles_ofThisAndAnotherApplication_laterOnesWin(TestCentre centre) {
        centre.put("test", "named", "db.yaml", "db: {url: mine, size: 1}\n");
        centre.put("test", "named", "db-blue.yaml", "db: {size: 2}\n");
        centre.put("test", "named", "other.yaml", "never: read\n");
        centre.put("test", "shared", "common.yaml", "db: {url: shared}\n");
        try (ConfigurableApplicationContext context = app(
                centre,
                "named",
                Application.class,
                "spring.config.import=attune:db.yaml,attune:shared/common.yaml",
                "spring.profiles.active=blue")) {
            assertThat(context.getEnvironment().getProperty("db.url")).isEqualTo("shared");
            assertThat(context.getEnvironment().getProperty("db.size")).isEqualTo("2");
            assertThat(context.getEnvironment().getProperty("never")).isNull();
        }
    }

    @Test
    void missingFile_failsTheStart_unlessItIsOptional(TestCentre centre) throws Exception {
        centre.put("test", "missing", "application.yaml", "a: 1\n");
        assertThatThrownBy(() -> app(centre, "missing", Application.class, "spring.config.import=attune:nowhere.yaml"))
                .isInstanceOf(ConfigDataResourceNotFoundException.class);
        try (ConfigurableApplicationContext context =
                app(centre, "missing", Application.class, "spring.config.import=optional:attune:later.yaml")) {
            assertThat(context.getEnvironment().getProperty("later")).isNull();
            centre.put("test", "missing", "later.yaml", "later: here\n");
            Started.until(() -> "here".equals(context.getEnvironment().getProperty("later")));
        }
    }

    @Test
    void noCentre_failsTheStartAndSaysWhatToDo_unlessItIsOptional() {
        assertThatThrownBy(() ->
                        app("away", Application.class, "attune.endpoints=127.0.0.1:1", "attune.start.timeout=200ms"))
                .isInstanceOf(AttuneImportException.class)
                .hasMessageContaining("attune:away/*")
                .hasMessageContaining("no node answers");
        try (ConfigurableApplicationContext context = app(
                "away",
                Application.class,
                "attune.endpoints=127.0.0.1:1",
                "attune.start.timeout=200ms",
                "spring.config.import=optional:attune:")) {
            assertThat(context.getEnvironment().getProperty("bundled.only")).isEqualTo("yes");
        }
    }

    @Test
    void wrongToken_isToldByItsCode(TestCentre centre) {
        assertThatThrownBy(() -> app(
                        "import",
                        Application.class,
                        "attune.endpoints=" + centre.endpoint(),
                        "attune.token=attune_wrong",
                        "attune.start.timeout=2s"))
                .isInstanceOf(AttuneImportException.class);
    }

    @Test
    void noEnvironment_saysHowToNameOne(TestCentre centre) {
        assertThatThrownBy(() -> app(centre, "import", Application.class, "attune.environment="))
                .isInstanceOf(AttuneImportException.class)
                .hasMessageContaining("attune.environment: none");
    }

    @Test
    void centreAway_startsWithTheCheckedLocalCopy(@TempDir Path directory) throws Exception {
        String[] settings = {Started.copiesIn(directory), "attune.start.local-copies=true"};
        try (TestCentre centre = TestCentre.start()) {
            centre.put("test", "copy", "application.yaml", "a: saved\n");
            app(centre, "copy", Application.class, settings).close();
            Started.until(() -> hasCopy(directory));
            String[] away = {settings[0], settings[1], "attune.endpoints=127.0.0.1:1", "attune.token=" + centre.token()
            };
            try (ConfigurableApplicationContext context = app("copy", Application.class, away)) {
                assertThat(context.getEnvironment().getProperty("a")).isEqualTo("saved");
            }
        }
    }

    private static boolean hasCopy(Path directory) {
        try (var files = Files.list(directory)) {
            return files.anyMatch(each -> each.toString().endsWith(".snapshot"));
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Test
    void switchedOff_readsWhatIsBundledOnly() {
        try (ConfigurableApplicationContext context = app("off", Application.class, "attune.enabled=false")) {
            assertThat(context.getEnvironment().getProperty("bundled.only")).isEqualTo("yes");
        }
    }
}
