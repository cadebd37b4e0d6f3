package dev.attune.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.cli.AttuneCli;
import dev.attune.cli.output.Terminal;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Bound;
import dev.attune.client.config.Config;
import dev.attune.model.config.InstanceSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The configuration centre as people use it: commands against three processes, each command at another node. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfigurationIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));
    private final Map<String, String> environment = new HashMap<>();
    private int turn;

    /** What the instance binds. */
    record Pool(int size) {
        Pool {
            if (size > 100) throw new IllegalArgumentException("size: " + size + " (expected: <= 100)");
        }
    }

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(3, directory);
        String key = "k1 " + Base64.getEncoder().encodeToString(new byte[32]) + "\n";
        for (ServerProcess each : cluster.servers()) {
            Files.createDirectories(each.dataDirectory());
            Path file = each.dataDirectory().resolve("secret-keys");
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, key);
        }
        cluster.start();
        environment.put("HOME", directory.toString());
        environment.put("ATTUNE_TOKEN", cluster.token());
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    @Test
    void files_are_shared_changed_tried_out_and_guarded_over_the_command_line() throws Exception {
        ok("x: 1\nhost: db\n", "put", "prod/shared/common.yaml");
        ok("", "settings", "file", "prod/shared/common.yaml", "--public", "true", "--owner", "ada", "--tag", "base");
        ok(
                "attune.import: shared/common.yaml\npool: {size: 8}\nurl: db://${host}\npassword: '{secret}s3cret'\n",
                "put",
                "prod/orders/app.yaml");
        assertThat(ok("", "effective", "prod/orders"))
                .contains("db://db")
                .contains("prod/shared/default/common.yaml@1")
                .contains("s3cret");
        assertThat(ok("", "get", "prod/orders/app.yaml"))
                .contains("{sealed:1.k1.orders~")
                .doesNotContain("s3cret");
        assertThat(run("a: ${nowhere}\n", "put", "prod/orders/bad.yaml")).contains("line 1, column 4");

        try (AttuneClient client = AttuneClient.builder()
                        .endpoints(cluster.endpoints())
                        .token(cluster.token())
                        .snapshotDirectory(null)
                        .build();
                Config config = client.config(InstanceSpec.of("i1", "prod", "orders"))) {
            Bound<Pool> pool = config.bind("pool", Pool.class);
            assertThat(config.get("password")).contains("s3cret");

            ok("", "set", "prod/orders/app.yaml", "pool.size", "9");
            until(() -> pool.get().size() == 9);
            ok("", "set", "prod/orders/app.yaml", "pool.size", "900");
            until(() -> ok("", "instances", "prod/orders").contains("rejected"));
            assertThat(ok("", "instances", "prod/orders")).contains("size: 900 (expected: <= 100)");
            assertThat(pool.get().size()).isEqualTo(9);
            ok("", "rollback", "prod/orders/app.yaml", "2");
            until(() -> ok("", "instances", "prod/orders").contains("applied"));
            assertThat(ok("", "blast", "prod/shared/common.yaml")).contains("i1");

            ok("x: 2\nhost: db\n", "put", "prod/shared/common.yaml");
            until(() -> config.get("x").orElse("").equals("2"));
            assertThat(ok("", "unused", "prod/orders")).contains("url");
        }

        ok("pool: {size: 50}\n", "gray", "set", "prod/orders/app.yaml", "canary", "-f", "-", "--label", "zone=a");
        assertThat(ok("", "effective", "prod/orders", "--label", "zone=a")).contains("50");
        assertThat(ok("", "effective", "prod/orders")).doesNotContain("50");
        ok("", "gray", "drop", "prod/orders/app.yaml", "canary");

        ok("", "settings", "env", "strict", "--approvals", "1");
        Path one = Files.writeString(directory.resolve("one.yaml"), "a: 1\n");
        String created = ok(
                "", "change", "create", "strict", "--put", "orders/one.yaml=" + one, "--put", "orders/two.yaml=" + one);
        String change = created.split(" ")[1];
        ok("", "change", "submit", "strict", change);
        assertThat(run("", "change", "approve", "strict", change)).contains("may not approve");
        environment.put(
                "ATTUNE_TOKEN",
                ok("", "token", "create", "eve", "--role", "scoped", "--grant", "strict/*/*:approve,release")
                        .strip());
        assertThat(run("", "get", "prod/orders/app.yaml")).contains("nothing here that this token may see");
        ok("", "change", "approve", "strict", change);
        ok("", "change", "release", "strict", change);
        assertThat(ok("", "get", "strict/orders/two.yaml")).isEqualTo("a: 1\n");
        environment.put("ATTUNE_TOKEN", cluster.token());

        assertThat(ok("", "search", "DB:", "--env", "prod")).contains("prod/orders/app.yaml");
        ok("", "export", "prod", "out.zip");
        ok("", "import-env", "copy", "out.zip", "--dry-run");
        cluster.leader().kill();
        until(() -> run("", "get", "prod/shared/common.yaml").contains("host: db"));
        assertThat(ok("", "audit", "verify")).startsWith("intact:");
        assertThat(ok("", "audit", "list", "--limit", "200"))
                .contains("change.release")
                .contains("gray.drop")
                .contains("token.create");
    }

    /** Runs a command that must succeed, at the next node. */
    private String ok(String input, String... arguments) {
        String answer = run(input, arguments);
        assertThat(exit).as("%s: %s", String.join(" ", arguments), answer).isZero();
        return answer;
    }

    private int exit;

    private String run(String input, String... arguments) {
        List<String> alive = cluster.servers().stream()
                .filter(ServerProcess::isAlive)
                .map(ServerProcess::endpoint)
                .toList();
        environment.put("ATTUNE_ENDPOINTS", alive.get(turn++ % alive.size()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), print, print, false);
        exit = AttuneCli.run(arguments, terminal, environment, directory);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Something that becomes true. */
    @FunctionalInterface
    private interface Fact {
        boolean holds() throws Exception;
    }

    private static void until(Fact fact) throws Exception {
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!fact.holds()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(last);
            Thread.sleep(100);
        }
    }
}
