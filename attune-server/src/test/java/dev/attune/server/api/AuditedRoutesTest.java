package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.http.Json;
import dev.attune.server.http.Route;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every route that changes something, carried out once over a real node, and what each leaves in the audit trail. */
@Timeout(120)
final class AuditedRoutesTest {
    private static final String ORDERS = "/api/v1/envs/prod/apps/orders/files/";
    private static final String CHANGES = "/api/v1/envs/prod/changes";

    /** What each route that is no GET records; a route without a line fails the build. */
    private static final Map<String, String> RECORDS = new TreeMap<>(Map.ofEntries(
            Map.entry("putFile", "file.publish"),
            Map.entry("setKey", "file.publish"),
            Map.entry("removeKey", "file.publish"),
            Map.entry("rotateSecrets", "file.publish"),
            Map.entry("deleteFile", "file.delete"),
            Map.entry("rollbackFile", "file.rollback"),
            Map.entry("putFileSettings", "file.settings"),
            Map.entry("putEnvironmentSettings", "environment.settings"),
            Map.entry("runRetention", "release.remove"),
            Map.entry("putGrayRule", "gray.publish"),
            Map.entry("promoteGrayRule", "gray.promote"),
            Map.entry("dropGrayRule", "gray.drop"),
            Map.entry("createChange", "change.create"),
            Map.entry("editChange", "change.edit"),
            Map.entry("submitChange", "change.submit"),
            Map.entry("approveChange", "change.approve"),
            Map.entry("rejectChange", "change.reject"),
            Map.entry("reopenChange", "change.reopen"),
            Map.entry("scheduleChange", "change.schedule"),
            Map.entry("releaseChange", "change.release"),
            Map.entry("rollOutChange", "change.release"),
            Map.entry("rollbackChange", "change.rollback"),
            Map.entry("tokenCreate", "token.create"),
            Map.entry("tokenRevoke", "token.revoke"),
            Map.entry("groupPut", "group.put"),
            Map.entry("groupRemove", "group.remove"),
            Map.entry("memberAdd", "member.add"),
            Map.entry("memberPromote", "member.promote"),
            Map.entry("memberRemove", "member.remove"),
            Map.entry("leaderTransfer", "leader.transfer"),
            Map.entry("putAuditSettings", "audit.settings"),
            Map.entry("putSignalSettings", "signal.settings"),
            Map.entry("kvPut", "key.put"),
            Map.entry("kvDelete", "key.delete"),
            Map.entry("kvDeletePrefix", "key.delete"),
            Map.entry("kvTxn", "key.txn"),
            Map.entry("kvCompact", "keys.compact"),
            Map.entry("leaseGrant", "lease.grant"),
            Map.entry("leaseRevoke", "lease.revoke"),
            Map.entry("startRollout", "rollout.start"),
            Map.entry("pauseRollout", "rollout.pause"),
            Map.entry("resumeRollout", "rollout.resume"),
            Map.entry("promoteRollout", "rollout.stage"),
            Map.entry("abortRollout", "rollout.rolling-back"),
            Map.entry("pausePolicy", "tune.pause"),
            Map.entry("resumePolicy", "tune.resume"),
            Map.entry("pinKey", "tune.pin"),
            Map.entry("unpinKey", "tune.unpin"),
            Map.entry("switchTuningOff", "tune.switch-off"),
            Map.entry("switchTuningOn", "tune.switch-on"),
            Map.entry("switchEnvironmentTuningOff", "tune.switch-off"),
            Map.entry("switchEnvironmentTuningOn", "tune.switch-on"),
            Map.entry("switchApplicationTuningOff", "tune.switch-off"),
            Map.entry("switchApplicationTuningOn", "tune.switch-on")));

    /** What needs decisions of a policy, for which signals must come in for a while: TuneActsTest looks at their records. */
    private static final Set<String> OF_DECISIONS =
            Set.of("approveDecision", "rejectDecision", "revertDecision", "profilePolicy");

    /** What changes nothing that is kept. */
    private static final Set<String> NOTHING = Set.of(
            "leaseKeepAlive",
            "snapshotRestore",
            "exportMetrics",
            "exportLogs",
            "sendLogLines",
            "noteDeployment",
            "backtestPolicies");

    @Test
    @DisplayName("every route that changes something has a line here, and leaves that record")
    void everyRoute_leavesItsRecord(@TempDir Path directory) throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        Path keys = data.resolve("secret-keys");
        Files.createFile(keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(keys, "k1 " + Base64.getEncoder().encodeToString(new byte[32]) + "\n");
        try (RunningNode node = RunningNode.start(data)) {
            Set<String> changing = new TreeSet<>();
            for (Route route : node.routes())
                if (!route.method().equals("GET") && !NOTHING.contains(route.operationId()))
                    changing.add(route.operationId());
            assertThat(changing).containsAll(OF_DECISIONS);
            changing.removeAll(OF_DECISIONS);
            assertThat(changing).isEqualTo(RECORDS.keySet());

            Caller as = new Caller(node);
            files(as);
            tuning(as);
            changes(as);
            rollouts(as);
            rest(as);

            Set<String> seen = new HashSet<>();
            JsonNode records = as.json("GET", "/api/v1/audit?limit=500", "").get("records");
            records.forEach(each -> seen.add(each.get("action").asText()));
            assertThat(seen).containsAll(RECORDS.values());
            assertThat(as.json("GET", "/api/v1/audit/verify", "").get("intact").asBoolean())
                    .isTrue();
        }
    }

    private static void files(Caller as) throws Exception {
        as.done("PUT", ORDERS + "app.yaml", "a: 1\nb: 2\n");
        as.done("PUT", ORDERS + "app.yaml/keys/a", "2");
        as.done("DELETE", ORDERS + "app.yaml/keys/b", "");
        as.done("POST", ORDERS + "app.yaml/rollback?to=1", "");
        as.done("PUT", ORDERS + "app.yaml/settings", "{\"owner\":\"ada\"}");
        as.done("PUT", ORDERS + "app.yaml/gray/one", "{\"text\":\"a: 5\\n\",\"percent\":10}");
        as.done("POST", ORDERS + "app.yaml/gray/one/promote", "");
        as.done("PUT", ORDERS + "app.yaml/gray/two", "{\"text\":\"a: 6\\n\",\"percent\":10}");
        as.done("DELETE", ORDERS + "app.yaml/gray/two", "");
        as.done("POST", "/api/v1/envs/prod/apps/orders/secrets/rotate", "");
        as.done("PUT", "/api/v1/envs/prod/apps/orders/signals/settings", "{\"keep\":[\"orders_total\"]}");
        as.done("PUT", ORDERS + "gone.yaml", "a: 1\n");
        as.done("DELETE", ORDERS + "gone.yaml", "");
        as.done("PUT", "/api/v1/envs/prod/settings", "{\"keepReleases\":1,\"keepDays\":0}");
        as.done("POST", "/api/v1/envs/prod/retention", "");
    }

    private static void changes(Caller as) throws Exception {
        String one = change(as, "x.yaml");
        as.done("PUT", CHANGES + "/" + one, body("x.yaml", "v: 2\\n"));
        as.done("POST", CHANGES + "/" + one + "/submit", "");
        as.done("POST", CHANGES + "/" + one + "/reopen", "");
        as.done("PUT", "/api/v1/envs/prod/settings", "{\"approvals\":1}");
        as.done("POST", CHANGES + "/" + one + "/submit", "");
        String other = as.node.token("publisher");
        assertThat(as.node
                        .call("POST", CHANGES + "/" + one + "/approve", other, "")
                        .statusCode())
                .isEqualTo(200);
        as.done("POST", CHANGES + "/" + one + "/schedule?at=2999-01-01T00:00:00Z", "");
        as.done("POST", CHANGES + "/" + one + "/release", "");
        as.done("POST", CHANGES + "/" + one + "/rollback", "");
        String two = change(as, "y.yaml");
        as.done("POST", CHANGES + "/" + two + "/submit", "");
        as.done("POST", CHANGES + "/" + two + "/reject", "");
        String three = change(as, "z.yaml");
        as.done("POST", CHANGES + "/" + three + "/submit", "");
        assertThat(as.node
                        .call("POST", CHANGES + "/" + three + "/approve", other, "")
                        .statusCode())
                .isEqualTo(200);
        as.done("POST", CHANGES + "/" + three + "/rollout", "{}");
    }

    private static void rollouts(Caller as) throws Exception {
        try (AttuneClient client = AttuneClient.builder()
                        .endpoints("127.0.0.1:" + as.node.port())
                        .token(as.node.administrator())
                        .snapshotDirectory(null)
                        .build();
                Config instance = client.config(InstanceSpec.of("i1", "staged", "orders"))) {
            assertThat(instance.awaitCentre(Duration.ofSeconds(30))).isTrue();
            String all = "/api/v1/envs/staged/rollouts";
            String body = "{\"strategy\":\"progressive\",\"stages\":[{\"count\":1,\"seconds\":3600},"
                    + "{\"count\":2,\"seconds\":3600}],\"files\":[{\"application\":\"orders\",\"file\":\"app.yaml\","
                    + "\"text\":\"a: 1\\n\"}]}";
            String one = all + "/" + as.json("POST", all, body).get("number").asText();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> as.json("GET", one, "").get("phase").asText().equals("STAGE"));
            for (String command : List.of("pause", "resume", "promote", "abort"))
                as.done("POST", one + "/" + command, "");
        }
    }

    private static void tuning(Caller as) throws Exception {
        String policy =
                """
                kind: TuningPolicy
                metadata: {name: queue, app: orders}
                spec:
                  mode: shadow
                  key: queue.size
                  file: queue.yaml
                  range: {min: 8, max: 4096, relief: down}
                  goal: {metric: 'avg(heap, 30s)', below: 0.80, kind: hard, gain: 0.0005}
                """;
        as.done("PUT", ORDERS + "queue.yaml", "queue:\n  size: 256\n");
        as.done("PUT", ORDERS + "queue.policy", policy);
        String tune = "/api/v1/envs/prod/apps/orders/tune/";
        as.done("POST", tune + "policies/queue/pause", "");
        as.done("POST", tune + "policies/queue/resume", "");
        as.done("PUT", tune + "pins/queue.size", "");
        as.done("DELETE", tune + "pins/queue.size", "");
        for (String place : List.of("", "envs/prod/", "envs/prod/apps/orders/")) {
            as.done("PUT", "/api/v1/" + place + "tune/kill-switch", "");
            as.done("DELETE", "/api/v1/" + place + "tune/kill-switch", "");
        }
    }

    private static void rest(Caller as) throws Exception {
        as.done("PUT", "/api/v1/groups/team", "{\"grants\":[]}");
        as.done("DELETE", "/api/v1/groups/team", "");
        String id = as.json("POST", "/api/v1/tokens", "{\"name\":\"x\",\"role\":\"reader\"}")
                .get("id")
                .asText();
        as.done("DELETE", "/api/v1/tokens/" + id, "");
        as.done("PUT", "/api/v1/audit/settings", "{\"keys\":true}");
        as.done("PUT", "/api/v1/kv/a", "1");
        as.done("DELETE", "/api/v1/kv/a", "");
        as.done("DELETE", "/api/v1/kv?prefix=a", "");
        as.done("POST", "/api/v1/kv/txn", "{\"then\":[{\"put\":{\"key\":\"b\",\"value\":\"1\"}}]}");
        as.done("POST", "/api/v1/kv/compact", "{\"revision\":1}");
        String lease = as.json("POST", "/api/v1/leases", "{\"ttlMillis\":5000}")
                .get("id")
                .asText();
        as.done("DELETE", "/api/v1/leases/" + lease, "");
        // Recorded although each is refused: there is only one member.
        as.call("POST", "/api/v1/cluster/members/n7/promote", "");
        as.call("DELETE", "/api/v1/cluster/members/n7", "");
        as.call("POST", "/api/v1/cluster/transfer", "{\"to\":\"n7\"}");
        as.call("POST", "/api/v1/cluster/members", "{\"id\":\"n8\",\"peerAddress\":\"127.0.0.1:1\"}");
    }

    private static String change(Caller as, String file) throws Exception {
        return as.json("POST", CHANGES, body(file, "v: 1\\n")).get("id").asText();
    }

    private static String body(String file, String text) {
        return "{\"message\":\"m\",\"edits\":[{\"application\":\"orders\",\"file\":\"" + file
                + "\",\"base\":0,\"text\":\"" + text + "\"}]}";
    }

    /** The administrator. */
    private record Caller(RunningNode node) {
        HttpResponse<String> call(String method, String path, String body) throws Exception {
            return node.call(method, path, node.administrator(), body);
        }

        void done(String method, String path, String body) throws Exception {
            HttpResponse<String> answer = call(method, path, body);
            assertThat(answer.statusCode())
                    .as("%s %s: %s", method, path, answer.body())
                    .isBetween(200, 299);
        }

        JsonNode json(String method, String path, String body) throws Exception {
            HttpResponse<String> answer = call(method, path, body);
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
            return Json.tree(Bytes.utf8(answer.body()));
        }
    }
}
