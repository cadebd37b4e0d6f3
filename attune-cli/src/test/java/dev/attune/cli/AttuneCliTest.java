package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.attune.cli.output.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a server of the JDK that answers what the test says. */
final class AttuneCliTest {
    private static final String RELEASE = "{\"release\":3,\"revision\":17,\"kind\":\"NORMAL\"}";

    /** A request as it arrived. */
    record Seen(String call, String body, Map<String, String> headers) {}

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path folder = Path.of("");

    private HttpServer server = start(exchange -> reply(exchange, 200, "{}"));

    @BeforeEach
    void home() {
        environment.put("HOME", folder.toString());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void put_sendsTheBytesAndSaysTheRelease() {
        answer(200, RELEASE);

        int exit = run("a=1\n", "put", "prod/orders/app.properties", "-m", "why not", "--base", "2");

        assertThat(exit).isZero();
        assertThat(out()).isEqualTo("released prod/orders/app.properties as release 3 at revision 17\n");
        Seen put = seen.get(0);
        assertThat(put.call())
                .isEqualTo("PUT /api/v1/envs/prod/apps/orders/files/app.properties?cluster=default&message=why%20not");
        assertThat(put.body()).isEqualTo("a=1\n");
        assertThat(put.headers())
                .containsEntry("If-match", "\"2\"")
                .containsEntry("Authorization", "Bearer secret")
                .containsKey("Attune-request-id");
    }

    @Test
    void keysGrayRulesAndChanges_areOneCallEach() {
        answer(200, "{\"id\":\"c1\",\"state\":\"REVIEW\",\"release\":4,\"public\":false,\"freezes\":[]}");

        assertThat(run("", "set", "prod/orders/app.yaml", "pool.size", "8", "-m", "grow"))
                .isZero();
        assertThat(run("", "unset", "prod/orders/app.yaml", "pool.size")).isZero();
        assertThat(run("v: 2", "gray", "set", "prod/orders/app.yaml", "canary", "-f", "-", "--percent", "10"))
                .isZero();
        assertThat(run("", "gray", "promote", "prod/orders/app.yaml", "canary")).isZero();
        assertThat(run("", "change", "submit", "prod", "c1")).isZero();
        assertThat(run("", "change", "rollback", "prod", "c1", "-m", "why")).isZero();
        assertThat(run("", "effective", "prod/orders", "--label", "zone=a")).isZero();
        assertThat(run("", "settings", "env", "prod", "--approvals", "2")).isZero();

        assertThat(seen.stream().map(Seen::call))
                .containsExactly(
                        "PUT /api/v1/envs/prod/apps/orders/files/app.yaml/keys/pool.size?cluster=default&message=grow",
                        "DELETE /api/v1/envs/prod/apps/orders/files/app.yaml/keys/pool.size?cluster=default",
                        "PUT /api/v1/envs/prod/apps/orders/files/app.yaml/gray/canary?cluster=default",
                        "POST /api/v1/envs/prod/apps/orders/files/app.yaml/gray/canary/promote?cluster=default",
                        "POST /api/v1/envs/prod/changes/c1/submit",
                        "POST /api/v1/envs/prod/changes/c1/rollback?message=why",
                        "GET /api/v1/envs/prod/apps/orders/effective?cluster=default&dataCentre=&instance=anonymous"
                                + "&ip=&labels=zone%3Da",
                        "GET /api/v1/envs/prod/settings",
                        "PUT /api/v1/envs/prod/settings");
        assertThat(seen.get(0).body()).isEqualTo("8");
        assertThat(seen.get(2).body()).contains("\"text\":\"v: 2\"").contains("\"percent\":10.0");
        assertThat(seen.get(8).body()).contains("\"approvals\":2");
    }

    @Test
    void policiesPinsAndSwitches_areOneCallEach() {
        answer(200, "{\"by\":\"ana\",\"approvals\":1,\"needed\":1,\"release\":4}");

        assertThat(run("", "tune", "list", "prod")).isZero();
        assertThat(run("", "tune", "explain", "prod/orders/queue", "7")).isZero();
        assertThat(run("", "tune", "approve", "prod/orders/queue", "7", "-m", "go"))
                .isZero();
        assertThat(out()).contains("done: release 4");
        assertThat(run("", "tune", "revert", "prod/orders/queue", "7")).isZero();
        assertThat(run("", "tune", "pin", "prod/orders", "queue.size=64", "--for", "2h", "--why", "sale"))
                .isZero();
        assertThat(run("", "tune", "unpin", "prod/orders", "queue.size")).isZero();
        assertThat(run("", "tune", "pause", "prod/orders/queue", "--for", "30m"))
                .isZero();
        assertThat(run("", "tune", "resume", "prod/orders/queue")).isZero();
        assertThat(run("", "tune", "kill-switch", "set", "-m", "incident")).isZero();
        assertThat(run("", "tune", "kill-switch", "set", "prod")).isZero();
        assertThat(run("", "tune", "kill-switch", "clear", "prod/orders")).isZero();
        assertThat(run("kind: x", "tune", "backtest", "prod/orders", "-", "--since", "2h"))
                .isZero();
        assertThat(run("", "tune", "timeline", "prod/orders", "queue.size")).isZero();
        assertThat(run("", "tune", "profile", "prod/orders/queue")).isZero();

        String orders = "/api/v1/envs/prod/apps/orders/tune";
        assertThat(seen.stream().map(Seen::call))
                .containsExactly(
                        "GET /api/v1/envs/prod/tune",
                        "GET " + orders + "/policies/queue/decisions/7",
                        "POST " + orders + "/policies/queue/decisions/7/approve?message=go",
                        "POST " + orders + "/policies/queue/decisions/7/revert",
                        "PUT " + orders + "/pins/queue.size?value=64&seconds=7200&message=sale",
                        "DELETE " + orders + "/pins/queue.size",
                        "POST " + orders + "/policies/queue/pause?seconds=1800",
                        "POST " + orders + "/policies/queue/resume",
                        "PUT /api/v1/tune/kill-switch?message=incident",
                        "PUT /api/v1/envs/prod/tune/kill-switch",
                        "DELETE " + orders + "/kill-switch",
                        "POST " + orders + "/backtest?seconds=7200",
                        "GET " + orders + "/timeline?key=queue.size&limit=30",
                        "POST " + orders + "/policies/queue/profile");
        assertThat(run("", "tune", "pause", "prod/orders")).isEqualTo(ExitCode.USAGE.number());
    }

    @Test
    void jsonOutput_isTheAnswerItself() {
        answer(200, RELEASE);

        run("", "rollback", "prod/orders/east/app.yaml", "2", "-o", "json");

        assertThat(seen.get(0).call())
                .isEqualTo("POST /api/v1/envs/prod/apps/orders/files/app.yaml/rollback?cluster=east&to=2");
        assertThat(out()).contains("\"release\" : 3");
    }

    @Test
    void problemDocument_becomesItsExitCode() {
        answer(409, "{\"code\":\"CONFLICT\",\"detail\":\"release 4 is current\",\"next\":\"Read it.\"}");

        assertThat(run("x=1", "put", "e/a/f.properties")).isEqualTo(ExitCode.CONFLICT.number());
        assertThat(err()).contains("release 4 is current — Read it.");
    }

    @Test
    void failureForPrograms_isJsonOnTheErrorStream() {
        answer(404, "{\"code\":\"NOT_FOUND\",\"detail\":\"no such file\"}");

        assertThat(run("", "get", "e/a/f.yaml", "-o", "json")).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(out()).isEmpty();
        assertThat(err()).isEqualTo("{\"code\":\"NOT_FOUND\",\"message\":\"no such file\"}\n");
    }

    @Test
    void deniedCall_hasItsOwnExitCode() {
        answer(403, "{\"code\":\"PERMISSION_DENIED\",\"detail\":\"reader\"}");

        assertThat(run("", "token", "list")).isEqualTo(ExitCode.DENIED.number());
    }

    @Test
    void nodeThatIsDown_isPassedOverForTheNext() throws IOException {
        answer(200, "{\"files\":[]}");
        String down = "http://127.0.0.1:" + unusedPort();

        assertThat(run("", "list", "e/a", "--endpoints", down + "," + url())).isZero();
    }

    @Test
    void noNodeAtAll_isUnavailable() throws IOException {
        int exit = run("", "list", "e/a", "--endpoints", "http://127.0.0.1:" + unusedPort(), "--timeout", "1");

        assertThat(exit).isEqualTo(ExitCode.UNAVAILABLE.number());
        assertThat(err()).contains("no node answers");
    }

    @Test
    void refusalThatIsSafeToRepeat_isRepeatedUnderTheSameRequestId() {
        var calls = new AtomicInteger();
        replace(exchange -> {
            if (calls.incrementAndGet() < 3) reply(exchange, 503, "{\"code\":\"NOT_LEADER\",\"detail\":\"x\"}");
            else reply(exchange, 200, RELEASE);
        });

        assertThat(run("x=1", "put", "e/a/f.properties")).isZero();
        assertThat(seen).hasSize(3);
        assertThat(seen.stream()
                        .map(each -> each.headers().get("Attune-request-id"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void brokenConnectionOnAChange_isAnUnknownOutcomeAndNotRepeated() {
        replace(HttpExchange::close);

        assertThat(run("x=1", "put", "e/a/f.properties")).isEqualTo(ExitCode.UNKNOWN_OUTCOME.number());
        assertThat(seen).hasSize(1);
    }

    @Test
    void badAddressOfAFile_isAUsageError() {
        assertThat(run("", "get", "only/two")).isEqualTo(ExitCode.USAGE.number());
        assertThat(err()).contains("expected: env/app/file or env/app/cluster/file");
        assertThat(run("", "nonsense")).isEqualTo(ExitCode.USAGE.number());
        assertThat(seen).isEmpty();
    }

    @Test
    void importOfADotenvFile_releasesProperties() throws IOException {
        answer(200, RELEASE);
        Files.writeString(folder.resolve("prod.env"), "APP_A=1\nOTHER=x\nAPP_B='b c'\n");

        assertThat(run("", "import", "e/a/app.properties", "prod.env", "--prefix", "APP_"))
                .isZero();

        assertThat(seen.get(0).body()).isEqualTo("A=1\nB=b c\n");
    }

    @Test
    void importOfAFolder_releasesEachFile() throws IOException {
        answer(200, RELEASE);
        Files.writeString(Files.createDirectory(folder.resolve("conf")).resolve("a.yaml"), "x: 1 # kept\n");
        Files.writeString(folder.resolve("conf/b.properties"), "y=2\n");

        assertThat(run("", "import", "e/a", "conf")).isZero();

        assertThat(seen).extracting(Seen::body).containsExactly("x: 1 # kept\n", "y=2\n");
    }

    @Test
    void newTokenFile_isReadableByItsOwnerOnly() throws IOException {
        answer(201, "{\"token\":\"attune_x\"}");

        assertThat(run("", "token", "create", "ci", "--role", "reader", "--to", "ci-token"))
                .isZero();

        assertThat(Files.readString(folder.resolve("ci-token"))).isEqualTo("attune_x\n");
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("ci-token"))))
                .isEqualTo("rw-------");
        assertThat(out()).doesNotContain("attune_x");
    }

    @Test
    void snapshot_isSavedWholeAndPrivate() throws IOException {
        answer(200, "the-bytes");

        assertThat(run("", "cluster", "snapshot", "save", "copy")).isZero();

        assertThat(Files.readString(folder.resolve("copy"))).isEqualTo("the-bytes");
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> String.valueOf(path.getFileName()))).containsExactly("copy");
        }
    }

    @Test
    void watch_printsChangesAndResumesAfterALoss() {
        var calls = new AtomicInteger();
        replace(exchange -> {
            int call = calls.incrementAndGet();
            String key = "{\"type\":\"put\",\"key\":\"k" + call + "\",\"value\":\"v\"}";
            reply(
                    exchange,
                    200,
                    ": hi\n\nid: " + call + "\nevent: change\ndata: {\"revision\":" + call + ",\"events\":[" + key
                            + "]}\n\n");
        });

        assertThat(run("", "kv", "watch", "k", "--count", "2")).isZero();

        assertThat(out()).isEqualTo("1 put k1 = v\n2 put k2 = v\n");
        assertThat(seen.get(1).headers()).containsEntry("Last-event-id", "1");
    }

    @Test
    void valueThatWouldDriveTheTerminal_isPrintedWithoutItsControls() {
        answer(200, "{\"files\":[{\"file\":\"f\\u001b[2J\",\"cluster\":\"default\"}]}");

        run("", "list", "e/a");

        assertThat(out()).contains("f\uFFFD[2J").doesNotContain("\u001B");
    }

    @Test
    void helpAndCompletion_nameEveryCommand() {
        run("", "--help");
        run("", "completion");

        assertThat(out()).contains("server", "demo", "simulate", "rollback", "Exit codes:", "_complete_attune");
    }

    private int run(String input, String... arguments) {
        environment.putIfAbsent("ATTUNE_ENDPOINTS", url());
        environment.put("ATTUNE_TOKEN", "secret");
        var terminal = new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return AttuneCli.run(arguments, terminal, environment, folder);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(int status, String body) {
        replace(exchange -> reply(exchange, status, body));
    }

    private void replace(Answer answer) {
        server.stop(0);
        server = start(answer);
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private HttpServer start(Answer answer) {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            started.createContext("/", exchange -> {
                var headers = new HashMap<String, String>();
                exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                seen.add(new Seen(exchange.getRequestMethod() + " " + exchange.getRequestURI(), body, headers));
                answer.to(exchange);
            });
            started.start();
            return started;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static int unusedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
