package dev.attune.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.e2e.cluster.CliProcess;
import dev.attune.e2e.cluster.ServerCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as people run it: processes of its own against a server process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CommandLineIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServerCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private CliProcess attune;

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        directory = given;
        cluster = ServerCluster.prepare(1, directory.resolve("cluster"));
        cluster.start();
        attune = new CliProcess(
                directory, Map.of("ATTUNE_ENDPOINTS", cluster.endpoints().get(0), "ATTUNE_TOKEN", cluster.token()));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private String ok(String... arguments) throws Exception {
        CliProcess.Ended ended = attune.run(arguments);
        assertThat(ended.code())
                .as(String.join(" ", arguments) + "\n" + ended.err())
                .isZero();
        return ended.out();
    }

    @Test
    void imports_fromDotenvPropertiesAndYaml_areWhatEnvPrints() throws Exception {
        Files.writeString(directory.resolve("a.env"), "# note\nexport GREETING='hello world'\nPORT=8080\n");
        Files.writeString(directory.resolve("b.properties"), "db.url=jdbc\\:x\ndb.pool = 5\n");
        Files.writeString(directory.resolve("c.yaml"), "cache:\n  size: 10\n  names: [a, b]\n");

        ok("import", "prod/imports/a.properties", "a.env", "-m", "from .env");
        ok("import", "prod/imports/b.properties", "b.properties");
        ok("import", "prod/imports/c.properties", "c.yaml");

        JsonNode variables = JSON.readTree(ok("env", "--env", "prod", "--app", "imports", "--format", "json"));
        assertThat(variables.path("GREETING").asText()).isEqualTo("hello world");
        assertThat(variables.path("PORT").asText()).isEqualTo("8080");
        assertThat(variables.path("DB_URL").asText()).isEqualTo("jdbc:x");
        assertThat(variables.path("DB_POOL").asText()).isEqualTo("5");
        assertThat(variables.path("CACHE_SIZE").asText()).isEqualTo("10");
        assertThat(variables.properties().stream().map(Map.Entry::getValue).map(JsonNode::asText))
                .contains("a", "b");

        // What a shell makes of it is what was stored.
        Path script = Files.writeString(
                directory.resolve("eval.sh"),
                ok("env", "--env", "prod", "--app", "imports") + "printf '%s' \"$GREETING\"\n");
        Process shell = new ProcessBuilder("sh", script.toString()).start();
        assertThat(new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("hello world");
    }

    @Test
    void change_isReleasedByARollout_andFilesAreDeletedByOne() throws Exception {
        Files.writeString(directory.resolve("second.yaml"), "v: 2\n");
        ok("put", "prod/changed/a.yaml", "--text", "v: 1");
        ok("put", "prod/changed/b.yaml", "--text", "w: 1");
        String made =
                ok("change", "create", "prod", "--put", "changed/a.yaml=second.yaml", "--delete", "changed/b.yaml");
        String id = made.split(" ", -1)[1];
        ok("change", "submit", "prod", id);

        assertThat(ok("change", "release", "prod", id, "--strategy", "atomic", "--wait"))
                .contains("COMMITTED");

        assertThat(ok("get", "prod/changed/a.yaml")).isEqualTo("v: 2\n");
        assertThat(attune.run("get", "prod/changed/b.yaml").code()).isNotZero();
        assertThat(ok("release", "prod", "--delete", "changed/a.yaml", "--wait"))
                .contains("COMMITTED");
        assertThat(attune.run("get", "prod/changed/a.yaml").code()).isNotZero();
    }

    @Test
    void exec_restartsItsProgramOnChangeAndEndsItWithItself() throws Exception {
        Path trail = directory.resolve("restart.txt");
        ok("put", "prod/restart/application.properties", "--text", "greeting=hello");
        Process exec = attune.start(
                directory.resolve("exec.out"),
                directory.resolve("exec.err"),
                "exec",
                "--env",
                "prod",
                "--app",
                "restart",
                "--",
                "sh",
                "-c",
                "echo \"$$ $GREETING\" >> " + trail + "; exec sleep 600");
        try {
            Waiting.until(PATIENCE, "the program started", () -> CliProcess.textOf(trail)
                    .contains(" hello"));
            long first = Long.parseLong(CliProcess.textOf(trail).split(" ", 2)[0]);

            ok("put", "prod/restart/application.properties", "--text", "greeting=hi");

            Waiting.until(PATIENCE, "the program restarted", () -> CliProcess.textOf(trail)
                    .contains(" hi\n"));
            assertThat(ProcessHandle.of(first).map(ProcessHandle::isAlive).orElse(false))
                    .isFalse();
            String[] lines = CliProcess.textOf(trail).split("\n", -1);
            long second = Long.parseLong(lines[1].split(" ", 2)[0]);
            exec.destroy();
            assertThat(exec.waitFor(20, TimeUnit.SECONDS)).isTrue();
            Waiting.until(PATIENCE, "its program is gone", () -> ProcessHandle.of(second)
                    .map(each -> !each.isAlive())
                    .orElse(true));
        } finally {
            exec.destroyForcibly();
        }
    }

    @Test
    void exec_signalsItsProgramInsteadAndEndsWithItsCode() throws Exception {
        Path trail = directory.resolve("signal.txt");
        ok("put", "prod/signal/application.properties", "--text", "greeting=hello");
        Process exec = attune.start(
                directory.resolve("signal.out"),
                directory.resolve("signal.err"),
                "exec",
                "--env",
                "prod",
                "--app",
                "signal",
                "--signal",
                "USR1",
                "--",
                "sh",
                "-c",
                "trap 'echo told >> " + trail + "; exit 7' USR1; echo ready >> " + trail
                        + "; while :; do sleep 0.1; done");
        try {
            Waiting.until(PATIENCE, "the program started", () -> CliProcess.textOf(trail)
                    .contains("ready"));

            ok("put", "prod/signal/application.properties", "--text", "greeting=hi");

            assertThat(exec.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(CliProcess.textOf(trail)).isEqualTo("ready\ntold\n");
            assertThat(exec.exitValue()).isEqualTo(7);
        } finally {
            exec.destroyForcibly();
        }
    }

    @Test
    void completion_isAScriptThatShellsAccept() throws Exception {
        Path script = Files.writeString(directory.resolve("completion.sh"), ok("completion"));

        Process shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source '" + script + "'; COMP_WORDS=(attune cluster pro); COMP_CWORD=2; complete -p attune")
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(shell.waitFor()).as(said).isZero();
        assertThat(said).contains("attune");
    }

    @Test
    void tokenWithDays_isListedWithItsEnd() throws Exception {
        ok("token", "create", "brief", "--role", "reader", "--days", "3", "--to", "brief-token");

        JsonNode all = JSON.readTree(ok("token", "list", "-o", "json"));

        assertThat(all.path("tokens"))
                .anyMatch(each -> each.path("name").asText().equals("brief") && each.has("expires"));
        assertThat(Files.readString(directory.resolve("brief-token"))).startsWith("attune_");
    }
}
