package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.model.config.InstanceSpec;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rollouts of a real node to instances of the SDK. */
@Timeout(180)
final class RolloutsTest extends OrdersOnNode {
    @Test
    @DisplayName("an atomic rollout asks everyone, then everyone switches, each with one assignment")
    void atomicRollout_switchesTheWholeFleet() throws Exception {
        put("atomic", "a.yaml", "v: 1\n");
        put("atomic", "b.yaml", "w: 1\n");
        try (SdkFleet fleet = fleet("atomic", 3)) {
            SdkFleet.Noting noting = new SdkFleet.Noting();
            fleet.config(1).participate(noting);
            List<String> seen = new CopyOnWriteArrayList<>();
            fleet.config(2)
                    .onChange(change -> seen.add(change.newValue("v").orElse("-")
                            + change.newValue("w").orElse("-")));

            long number = started(
                    "atomic",
                    "{\"message\":\"both\",\"files\":[" + file("a.yaml", "v: 2\n") + "," + file("b.yaml", "w: 2\n")
                            + "]}");
            JsonNode end = ended("atomic", number);

            assertThat(end.get("phase").asText()).as(end.toString()).isEqualTo("COMMITTED");
            assertThat(end.get("states").toString()).isEqualTo("{\"APPLIED\":3}");
            assertThat(fleet.values("v")).containsExactly("2");
            assertThat(fleet.values("w")).containsExactly("2");
            assertThat(noting.told()).containsExactly("prepare 2", "apply 2");
            assertThat(seen).containsExactly("22");
            assertThat(call("PUT", path("atomic", "a.yaml"), "v: 3\n").statusCode())
                    .isEqualTo(201);
            await().until(() -> fleet.values("v").equals(List.of("3")));
        }
    }

    @Test
    @DisplayName("R2: one rejection aborts, and nobody has used the value")
    void rejectedValue_isNeverInForceAnywhere() throws Exception {
        put("veto", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("veto", 3)) {
            List<String> seen = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 3; i++)
                fleet.config(i).onChange(change -> seen.add(change.newValue("v").orElse("-")));
            SdkFleet.Noting noting = new SdkFleet.Noting();
            fleet.config(0).participate(noting);
            fleet.config(1)
                    .guard(change -> change.newValue("v").equals(Optional.of("2"))
                            ? Optional.of("two is too many")
                            : Optional.empty());

            long number = started("veto", "{\"files\":[" + file("a.yaml", "v: 2\n") + "]}");
            JsonNode end = ended("veto", number);

            assertThat(end.get("phase").asText()).isEqualTo("ABORTED");
            assertThat(end.get("reason").asText()).contains("orders/i1").contains("two is too many");
            JsonNode rejected = instances("veto", number, "REJECTED");
            assertThat(rejected).hasSize(1);
            assertThat(rejected.get(0).get("reason").asText()).isEqualTo("two is too many");
            assertThat(instances("veto", number, "REVERTED")).hasSize(2);
            assertThat(seen).isEmpty();
            assertThat(noting.told()).containsExactly("prepare 2", "abort 2");
            assertThat(fleet.values("v")).containsExactly("1");
            assertThat(call("PUT", path("veto", "a.yaml"), "v: 4\n").statusCode())
                    .isEqualTo(201);
            await().until(() -> fleet.values("v").equals(List.of("4")));
        }
    }

    @Test
    @DisplayName("a failure while applying brings the whole fleet back to the former release")
    void failureWhileApplying_takesEveryoneBack() throws Exception {
        put("undo", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("undo", 3)) {
            SdkFleet.Noting noting = new SdkFleet.Noting();
            fleet.config(0).participate(noting);
            fleet.config(2).participate(new ConfigParticipant() {
                @Override
                public void apply(ConfigChange change) {
                    if (change.newValue("v").equals(Optional.of("2")))
                        throw new IllegalStateException("pool would not resize");
                }
            });

            long number = started("undo", "{\"files\":[" + file("a.yaml", "v: 2\n") + "]}");
            JsonNode end = ended("undo", number);

            assertThat(end.get("phase").asText()).as(end.toString()).isEqualTo("ROLLED_BACK");
            assertThat(end.get("reason").asText()).contains("pool would not resize");
            assertThat(end.get("states").toString()).isEqualTo("{\"REVERTED\":3}");
            assertThat(fleet.values("v")).containsExactly("1");
            assertThat(noting.told()).containsExactly("prepare 2", "apply 2", "revert 1");
        }
    }

    @Test
    @DisplayName("R6: while a rollout runs its files are nobody else's; another waits, or takes its place")
    void overlappingRollouts_areRefusedWaitOrOverride() throws Exception {
        put("overlap", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("overlap", 2)) {
            CountDownLatch slow = new CountDownLatch(1);
            fleet.config(0).participate(new ConfigParticipant() {
                @Override
                public Optional<String> prepare(ConfigChange change) {
                    if (change.newValue("v").equals(Optional.of("2"))) waitFor(slow);
                    return Optional.empty();
                }
            });
            long first = started("overlap", "{\"files\":[" + file("a.yaml", "v: 2\n") + "]}");
            await().until(() ->
                    rollout("overlap", first).get("states").toString().contains("ACCEPTED"));

            HttpResponse<String> direct = call("PUT", path("overlap", "a.yaml"), "v: 9\n");
            assertThat(direct.statusCode()).isEqualTo(412);
            assertThat(direct.body()).contains("Rollout " + first).contains("attune rollout abort overlap " + first);
            HttpResponse<String> refused =
                    call("POST", "/api/v1/envs/overlap/rollouts", "{\"files\":[" + file("a.yaml", "v: 3\n") + "]}");
            assertThat(refused.statusCode()).isEqualTo(412);
            long queued = started("overlap", "{\"taken\":\"queue\",\"files\":[" + file("a.yaml", "v: 4\n") + "]}");
            assertThat(rollout("overlap", queued).get("phase").asText()).isEqualTo("QUEUED");

            long override = started("overlap", "{\"taken\":\"override\",\"files\":[" + file("a.yaml", "v: 5\n") + "]}");
            slow.countDown();

            assertThat(ended("overlap", first).get("phase").asText()).isEqualTo("ABORTED");
            assertThat(ended("overlap", first).get("reason").asText()).contains("overridden");
            assertThat(ended("overlap", queued).get("phase").asText()).isEqualTo("COMMITTED");
            assertThat(ended("overlap", override).get("phase").asText()).isEqualTo("COMMITTED");
            await().until(() -> fleet.values("v").equals(List.of("5")));
            assertThat(call("GET", "/api/v1/audit?limit=200", "").body())
                    .contains("rollout.aborting")
                    .contains("overlap/rollout " + first);
        }
    }

    @Test
    @DisplayName("R5: a stage reaches its cohort and nobody else, and an abort brings the cohort back")
    void progressiveRollout_goesStageByStage() throws Exception {
        put("stages", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("stages", 4)) {
            String stages = "\"strategy\":\"progressive\",\"stages\":[{\"count\":1,\"seconds\":600},"
                    + "{\"percent\":50,\"seconds\":0}]";
            long first = started("stages", "{" + stages + ",\"files\":[" + file("a.yaml", "v: 2\n") + "]}");
            await().until(() -> has(fleet, "2") == 1);
            await().until(() ->
                    rollout("stages", first).get("states").toString().contains("APPLIED"));
            assertThat(has(fleet, "1")).isEqualTo(3);
            command("stages", first, "pause");
            assertThat(rollout("stages", first).get("paused").asBoolean()).isTrue();
            command("stages", first, "abort");
            assertThat(ended("stages", first).get("phase").asText()).isEqualTo("ROLLED_BACK");
            await().until(() -> fleet.values("v").equals(List.of("1")));

            long second = started("stages", "{" + stages + ",\"files\":[" + file("a.yaml", "v: 3\n") + "]}");
            await().until(() -> has(fleet, "3") == 1);
            command("stages", second, "promote");
            JsonNode end = ended("stages", second);
            assertThat(end.get("phase").asText()).as(end.toString()).isEqualTo("COMMITTED");
            assertThat(end.get("states").toString()).isEqualTo("{\"APPLIED\":4}");
            assertThat(fleet.values("v")).containsExactly("3");
        }
    }

    private static long has(SdkFleet fleet, String value) {
        return fleet.configs().stream()
                .filter(each -> each.getString("v", "-").equals(value))
                .count();
    }

    @Test
    void immediateRollout_countsAcknowledgementsAndTurnsNothingRound() throws Exception {
        put("direct", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("direct", 2)) {
            fleet.config(1).guard(change -> Optional.of("never"));
            long number =
                    started("direct", "{\"strategy\":\"immediate\",\"files\":[" + file("a.yaml", "v: 2\n") + "]}");
            JsonNode end = ended("direct", number);

            assertThat(end.get("phase").asText()).isEqualTo("COMMITTED");
            assertThat(end.get("states").toString()).isEqualTo("{\"APPLIED\":1,\"REJECTED\":1}");
            assertThat(fleet.config(0).getString("v", "-")).isEqualTo("2");
            assertThat(fleet.config(1).getString("v", "-")).isEqualTo("1");
        }
    }

    @Test
    @DisplayName("R4: who connects while a rollout runs gets what is decided, without being asked")
    void lateJoiner_getsTheDecidedRelease() throws Exception {
        put("late", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("late", 1)) {
            CountDownLatch slow = new CountDownLatch(1);
            fleet.config(0).participate(new ConfigParticipant() {
                @Override
                public Optional<String> prepare(ConfigChange change) {
                    waitFor(slow);
                    return Optional.empty();
                }
            });
            long number = started(
                    "late", "{\"files\":[" + file("a.yaml", "v: 2\n") + "," + file("new.yaml", "n: 1\n") + "]}");
            await().until(() -> rollout("late", number).get("targets").asInt() == 1);
            try (AttuneClient client = AttuneClient.builder()
                            .endpoints("127.0.0.1:" + node().port())
                            .token(node().administrator())
                            .snapshotDirectory(null)
                            .build();
                    Config late = client.config(InstanceSpec.of("late", "late", "orders"))) {
                assertThat(late.getString("v", "-") + late.getString("n", "-")).isEqualTo("1-");
                slow.countDown();
                assertThat(ended("late", number).get("phase").asText()).isEqualTo("COMMITTED");
                await().until(() -> late.getString("v", "-").equals("2"));
                assertThat(late.getString("n", "-")).isEqualTo("1");
                assertThat(ended("late", number).get("targets").asInt()).isEqualTo(1);
            }
        }
    }

    @Test
    void instanceThatStaysAway_isLostAndAbortsAnAtomicRollout() throws Exception {
        put("lost", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("lost", 2)) {
            CountDownLatch slow = new CountDownLatch(1);
            fleet.config(1).participate(new ConfigParticipant() {
                @Override
                public Optional<String> prepare(ConfigChange change) {
                    waitFor(slow);
                    return Optional.empty();
                }
            });
            long number = started("lost", "{\"seconds\":{\"lost\":1},\"files\":[" + file("a.yaml", "v: 2\n") + "]}");
            await().until(() -> rollout("lost", number).get("states").toString().contains("ACCEPTED"));
            fleet.client(1).close();
            JsonNode end = ended("lost", number);
            slow.countDown();

            assertThat(end.get("phase").asText()).isEqualTo("ABORTED");
            assertThat(end.get("states").toString()).isEqualTo("{\"REVERTED\":1,\"LOST\":1}");
            assertThat(fleet.config(0).getString("v", "-")).isEqualTo("1");
        }
    }

    @Test
    void rolloutThatWouldChangeNothing_isRefused() throws Exception {
        put("same", "a.yaml", "v: 1\n");
        HttpResponse<String> refused =
                call("POST", "/api/v1/envs/same/rollouts", "{\"files\":[" + file("a.yaml", "v: 1\n") + "]}");
        assertThat(refused.body()).contains("current already");
        assertThat(call(
                                "POST",
                                "/api/v1/envs/same/rollouts",
                                "{\"strategy\":\"odd\",\"files\":[" + file("a.yaml", "v: 2\n") + "]}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(call(
                                "POST",
                                "/api/v1/envs/same/rollouts",
                                "{\"webhook\":\"file:///etc/passwd\",\"files\":[" + file("a.yaml", "v: 2\n") + "]}")
                        .body())
                .contains("webhook");
        assertThat(call("GET", "/api/v1/envs/same/rollouts/7", "").statusCode()).isEqualTo(404);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String file(String name, String text) {
        return "{\"application\":\"orders\",\"file\":\"" + name + "\",\"text\":\"" + text.replace("\n", "\\n") + "\"}";
    }

    private JsonNode instances(String environment, long number, String state) throws Exception {
        return json(call(
                        "GET", "/api/v1/envs/" + environment + "/rollouts/" + number + "/instances?state=" + state, ""))
                .get("instances");
    }

    private void command(String environment, long number, String word) throws Exception {
        HttpResponse<String> response =
                call("POST", "/api/v1/envs/" + environment + "/rollouts/" + number + "/" + word, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }
}
