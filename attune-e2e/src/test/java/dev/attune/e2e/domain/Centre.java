package dev.attune.e2e.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.cli.AttuneCli;
import dev.attune.cli.output.Terminal;
import dev.attune.client.AttuneClient;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Three nodes that can seal secrets, and whoever works on them: each call goes to the next node in turn. */
final class Centre implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final ServerCluster cluster;
    private final HttpClient http = HttpClient.newHttpClient();
    private String token = "";
    private int turn;

    /** How a command ended: its exit code, and what it said on both streams. */
    record Said(int exit, String text) {}

    private Centre(Path directory) {
        this.directory = directory;
        this.cluster = ServerCluster.prepare(3, directory);
    }

    static Centre start(Path directory) throws Exception {
        Centre centre = new Centre(directory);
        centre.secretKeys("k1 " + key(1));
        centre.cluster.start();
        centre.token = centre.cluster.token();
        return centre;
    }

    static String key(int seed) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) seed);
        return Base64.getEncoder().encodeToString(key);
    }

    /** Gives every node these key-encryption keys; they are read when it starts. */
    void secretKeys(String... lines) throws Exception {
        for (ServerProcess each : cluster.servers()) {
            Files.createDirectories(each.dataDirectory());
            Path file = each.dataDirectory().resolve("secret-keys");
            Files.deleteIfExists(file);
            if (lines.length == 0) continue;
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, String.join("\n", lines) + "\n");
        }
    }

    /** Starts one node after the other again, so that the cluster serves all the time. */
    void restartInTurn() throws Exception {
        for (ServerProcess each : cluster.servers()) {
            each.stop();
            each.start();
            each.awaitReady(Duration.ofSeconds(60));
        }
    }

    ServerCluster cluster() {
        return cluster;
    }

    Path directory() {
        return directory;
    }

    String administrator() throws Exception {
        return cluster.token();
    }

    /** From now on calls are made with this token; empty for the administrator's. */
    void as(String wanted) throws Exception {
        token = wanted.isEmpty() ? cluster.token() : wanted;
    }

    /** A client of the SDK with the administrator's token. */
    AttuneClient client() throws Exception {
        return AttuneClient.builder()
                .endpoints(cluster.endpoints())
                .token(cluster.token())
                .snapshotDirectory(null)
                .startTimeout(Duration.ofSeconds(30))
                .callTimeout(Duration.ofSeconds(30))
                .build();
    }

    /** Runs a command that must succeed, at the next node. */
    String ok(String input, String... arguments) {
        Said said = run(input, arguments);
        assertThat(said.exit())
                .as("%s: %s", String.join(" ", arguments), said.text())
                .isZero();
        return said.text();
    }

    /** Runs a command that must be refused, at the next node; returns what it said. */
    String refused(String input, String... arguments) {
        Said said = run(input, arguments);
        assertThat(said.exit())
                .as("%s: %s", String.join(" ", arguments), said.text())
                .isNotZero();
        return said.text();
    }

    /** Runs a command that reads at every node; all must say the same. */
    String everywhere(String... arguments) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < cluster.servers().size(); i++) answers.add(ok("", arguments));
        assertThat(answers).as(String.join(" ", arguments)).allMatch(each -> each.equals(answers.get(0)));
        return answers.get(0);
    }

    Said run(String input, String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", directory.toString());
        environment.put("ATTUNE_TOKEN", token);
        environment.put("ATTUNE_ENDPOINTS", next().endpoint());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), print, print, false);
        int exit = AttuneCli.run(arguments, terminal, environment, directory);
        return new Said(exit, out.toString(StandardCharsets.UTF_8));
    }

    private ServerProcess next() {
        List<ServerProcess> alive =
                cluster.servers().stream().filter(ServerProcess::isAlive).toList();
        return alive.get(turn++ % alive.size());
    }

    /** A request at the next node. */
    HttpResponse<String> rest(String method, String path, String body) throws Exception {
        return http.send(request(next(), method, path, body), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a request that must succeed. */
    JsonNode json(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = rest(method, path, body);
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isBetween(200, 299);
        return JSON.readTree(answer.body());
    }

    /** The lines of a stream of one node, as they arrive; ends when the node ends it. */
    HttpResponse<java.util.stream.Stream<String>> stream(ServerProcess node, String path) throws Exception {
        return http.send(request(node, "GET", path, ""), HttpResponse.BodyHandlers.ofLines());
    }

    private HttpRequest request(ServerProcess node, String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(node.address() + path))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Something that becomes true. */
    @FunctionalInterface
    interface Fact {
        boolean holds() throws Exception;
    }

    static void until(String what, Fact fact) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!fact.holds()) {
            assertThat(System.nanoTime()).as("waited too long: " + what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
