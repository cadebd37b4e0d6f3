package dev.attune.e2e.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers and 200 instances in four processes; the leader is killed in each phase in turn, and instances reject,
 * fail and die. After each rollout the fleet shows one value, the one that was promised, and every instance has one
 * terminal state.
 */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RolloutIT {
    private static final int FLEETS = 4;
    private static final int EACH = 50;
    private static final int ATTEMPTS = 6;
    private static final String ROLLOUTS = "/api/v1/envs/prod/rollouts";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));
    private final List<FleetProcess> fleets = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(3, directory);
        cluster.start();
        call("PUT", "/api/v1/envs/prod/apps/orders/files/app.yaml", "v: 0\n");
        for (int i = 0; i < FLEETS; i++)
            fleets.add(FleetProcess.start(
                    cluster.endpoints(), cluster.token(), "prod", i * EACH, EACH, directory.resolve("fleet" + i)));
        for (FleetProcess each : fleets) each.awaitReady();
        until(() -> call("GET", "/api/v1/envs/prod/apps/orders/instances", "")
                        .path("instances")
                        .size()
                == FLEETS * EACH);
    }

    @AfterEach
    void end() {
        fleets.forEach(FleetProcess::close);
        cluster.close();
    }

    @Test
    @DisplayName("R1, R2, R4, R7, R9: whoever dies in whichever phase, the fleet ends with the one decided release")
    void leaderKilledInEachPhase_theOutcomeIsThePromisedOne() throws Exception {
        // CAN_COMMIT, held open by an instance that takes its time.
        fleets.get(0).tell("hold prepare");
        long number = started(1);
        until(() -> phase(number).equals("CAN_COMMIT"));
        killLeader();
        fleets.get(0).tell("go");
        ends(number, "COMMITTED", 1, "APPLIED");

        // PRE_COMMIT, held open by instances that have voted and cannot write.
        fleets.get(0).tell("hold prepare");
        long second = started(2);
        until(() -> state(second, "ACCEPTED") >= (FLEETS - 1) * EACH);
        fleets.get(3).pause();
        fleets.get(0).tell("go");
        until(() -> phase(second).equals("PRE_COMMIT"));
        killLeader();
        fleets.get(3).resume();
        ends(second, "COMMITTED", 2, "APPLIED");

        // DO_COMMIT, held open by an instance that takes its time to apply.
        fleets.get(1).tell("hold apply");
        long third = started(3);
        until(() -> phase(third).equals("DO_COMMIT"));
        killLeader();
        fleets.get(1).tell("go");
        ends(third, "COMMITTED", 3, "APPLIED");

        // ABORTING: one rejects, and others that have voted cannot answer.
        fleets.get(0).tell("hold prepare");
        fleets.get(0).tell("veto");
        long fourth = started(4);
        until(() -> state(fourth, "ACCEPTED") >= (FLEETS - 1) * EACH);
        fleets.get(3).pause();
        fleets.get(0).tell("go");
        until(() -> phase(fourth).equals("ABORTING"));
        killLeader();
        fleets.get(3).resume();
        fleets.get(0).tell("calm");
        ends(fourth, "ABORTED", 3, "REVERTED");
        assertThat(state(fourth, "REJECTED")).isEqualTo(1);

        // ROLLING_BACK: one fails to apply, another takes its time on the way back.
        fleets.get(0).tell("fail");
        fleets.get(1).tell("hold revert");
        long fifth = started(5);
        until(() -> phase(fifth).equals("ROLLING_BACK"));
        killLeader();
        fleets.get(0).tell("calm");
        fleets.get(1).tell("go");
        ends(fifth, "ROLLED_BACK", 3, "REVERTED");
    }

    @Test
    @DisplayName("R2, R9: an instance that dies prepared is lost, and the others never use the value")
    void processKilledPrepared_abortsAndNobodyHasUsedTheValue() throws Exception {
        fleets.get(0).tell("hold prepare");
        long number = started(1);
        until(() -> state(number, "ACCEPTED") >= (FLEETS - 1) * EACH);
        fleets.get(3).pause();
        fleets.get(0).tell("go");
        until(() -> phase(number).equals("PRE_COMMIT"));
        until(() -> state(number, "PREPARED") >= (FLEETS - 1) * EACH);
        fleets.get(2).kill();
        until(() -> phase(number).startsWith("ABORT"));
        fleets.get(3).resume();
        fleets.remove(2).close();
        ends(number, "ABORTED", 0, "REVERTED");
        assertThat(state(number, "LOST")).isEqualTo(EACH);

        // Those that are left go on.
        long next = started(2);
        ends(next, "COMMITTED", 2, "APPLIED");
    }

    @Test
    @DisplayName("R7: a leader that dies while targets are written down is continued by the next one")
    void leaderKilledInPending_theNextOneWritesTheTargetsDown() throws Exception {
        for (int value = 1; value <= ATTEMPTS; value++) {
            ServerProcess leader = cluster.leader();
            HttpResponse<String> made = send(leader, "POST", ROLLOUTS, body(value, ""));
            leader.kill();
            long number = JSON.readTree(made.body()).path("number").asLong();
            cluster.leader();
            leader.start();
            ends(number, "COMMITTED", value, "APPLIED");
            // It may have been quicker than its death.
            if (leftPending(number, leader)) continue;
            assertThat(cluster.servers()).anyMatch(each -> leftPending(number, each));
            return;
        }
        throw new AssertionError("no leader died in PENDING in " + ATTEMPTS + " attempts");
    }

    private static boolean leftPending(long number, ServerProcess server) {
        try {
            return Files.readString(server.log()).contains("rollout=" + number + " from=PENDING");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName(
            "R5, R7: a leader that dies during a stage is continued by the next one, and the cohort stays as it is")
    void leaderKilledInAStage_theCohortStaysAndTheRolloutGoesOn() throws Exception {
        String stages = "\"strategy\":\"progressive\",\"stages\":[{\"count\":20,\"seconds\":3600}],";
        long number = call("POST", ROLLOUTS, body(1, stages)).path("number").asLong();
        until(() -> phase(number).equals("STAGE") && state(number, "APPLIED") == 20);
        killLeader();
        assertThat(phase(number)).isEqualTo("STAGE");
        assertThat(showing(1)).as("R5").isEqualTo(20);
        call("POST", ROLLOUTS + "/" + number + "/promote", "");
        ends(number, "COMMITTED", 1, "APPLIED");

        long second = call("POST", ROLLOUTS, body(2, stages)).path("number").asLong();
        until(() -> phase(second).equals("STAGE") && state(second, "APPLIED") == 20);
        killLeader();
        call("POST", ROLLOUTS + "/" + second + "/abort", "");
        ends(second, "ROLLED_BACK", 1, "REVERTED");
    }

    @Test
    @DisplayName("a change of several files comes in force as one, and goes back as one, deletions too")
    void changeOfSeveralFiles_comesAndGoesAsOne() throws Exception {
        call("PUT", "/api/v1/envs/prod/apps/orders/files/old.yaml", "o: 1\n");
        String changes = "/api/v1/envs/prod/changes";
        String edit = "{\"application\":\"orders\",\"file\":\"";
        String id = call(
                        "POST",
                        changes,
                        "{\"edits\":[" + edit + "app.yaml\",\"base\":1,\"text\":\"v: 1\\n\"}," + edit
                                + "new.yaml\",\"base\":0,\"text\":\"n: 1\\n\"}," + edit + "old.yaml\",\"base\":1}]}")
                .path("id")
                .asText();
        call("POST", changes + "/" + id + "/submit", "");
        fleets.get(0).tell("fail");

        long number = call("POST", changes + "/" + id + "/rollout", "{}")
                .path("number")
                .asLong();

        ends(number, "ROLLED_BACK", 0, "REVERTED");
        all("n", "-");
        all("o", "1");
        assertThat(call("GET", changes + "/" + id, "").path("state").asText()).isEqualTo("APPROVED");
        fleets.get(0).tell("calm");
        long again = call("POST", changes + "/" + id + "/rollout", "{}")
                .path("number")
                .asLong();
        ends(again, "COMMITTED", 1, "APPLIED");
        all("n", "1");
        all("o", "-");
        assertThat(call("GET", changes + "/" + id, "").path("state").asText()).isEqualTo("RELEASED");
    }

    private void all(String key, String value) throws Exception {
        String wanted = "{" + value + "=" + EACH + "}";
        for (FleetProcess each : fleets) until(() -> each.tell("values " + key).equals(wanted));
    }

    private int showing(int value) throws IOException {
        int count = 0;
        for (FleetProcess each : fleets)
            for (String part : each.tell("values").replaceAll("[{} ]", "").split(",", -1))
                if (part.startsWith(value + "=")) count += Integer.parseInt(part.substring(part.indexOf('=') + 1));
        return count;
    }

    private void ends(long number, String phase, int value, String state) throws Exception {
        until(() -> rollout(number).path("ended").asBoolean());
        JsonNode rollout = rollout(number);
        assertThat(rollout.path("phase").asText()).as(rollout.toString()).isEqualTo(phase);
        int counted = 0;
        for (JsonNode each : rollout.path("states")) counted += each.asInt();
        assertThat(counted)
                .as("R9: %s", rollout)
                .isEqualTo(rollout.path("targets").asInt());
        assertThat(state(number, state)).as(rollout.toString()).isGreaterThanOrEqualTo((fleets.size() - 1) * EACH);
        String all = "{" + value + "=" + EACH + "}";
        for (FleetProcess each : fleets) until(() -> each.tell("values").equals(all));
        cluster.awaitReady();
    }

    private void killLeader() throws Exception {
        ServerProcess leader = cluster.leader();
        leader.kill();
        cluster.leader();
        leader.start();
    }

    private long started(int value) throws Exception {
        return call("POST", ROLLOUTS, body(value, "")).path("number").asLong();
    }

    private static String body(int value, String more) {
        return "{" + more + "\"files\":[{\"application\":\"orders\",\"file\":\"app.yaml\",\"text\":\"v: " + value
                + "\\n\"}],\"seconds\":{\"lost\":8}}";
    }

    private JsonNode rollout(long number) throws Exception {
        return call("GET", ROLLOUTS + "/" + number, "");
    }

    private String phase(long number) throws Exception {
        return rollout(number).path("phase").asText();
    }

    private int state(long number, String state) throws Exception {
        return rollout(number).path("states").path(state).asInt();
    }

    /** At any node that answers; a write is asked for once more only when it surely was not done. */
    private JsonNode call(String method, String path, String body) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        String trouble = "nothing answered";
        while (System.nanoTime() < until) {
            for (ServerProcess each : cluster.servers()) {
                if (!each.isAlive()) continue;
                try {
                    HttpResponse<String> answer = send(each, method, path, body);
                    if (answer.statusCode() / 100 == 2) return JSON.readTree(answer.body());
                    trouble = answer.statusCode() + " " + answer.body();
                    if (answer.statusCode() / 100 == 4) throw new AssertionError(trouble);
                } catch (IOException e) {
                    trouble = e.toString();
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError(method + " " + path + ": " + trouble);
    }

    private HttpResponse<String> send(ServerProcess to, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(to.address() + path))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + cluster.token())
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Something that is so sooner or later. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > until) throw new AssertionError("not so after 60 s");
            Thread.sleep(10);
        }
    }
}
