package dev.attune.e2e.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.e2e.cluster.ServerProcess;
import dev.attune.model.config.InstanceSpec;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Who may change what, when, for whom, and what is known of it afterwards. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GovernanceIT {
    @SuppressWarnings("NullAway.Init")
    private Centre centre;

    @BeforeAll
    void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        centre = Centre.start(directory);
    }

    @AfterAll
    void stop() {
        centre.close();
    }

    @AfterEach
    void administratorAgain() throws Exception {
        centre.as("");
    }

    private String token(String name, String... options) {
        List<String> all = new ArrayList<>(List.of("token", "create", name));
        all.addAll(List.of(options));
        return centre.ok("", all.toArray(String[]::new)).strip();
    }

    private String change(String environment, String... puts) throws Exception {
        List<String> all = new ArrayList<>(List.of("change", "create", environment));
        for (String each : puts) {
            String[] parts = each.split("=", 2);
            Path local = Files.createTempFile(centre.directory(), "edit", ".yaml");
            Files.writeString(local, parts[1]);
            all.addAll(List.of("--put", parts[0] + "=" + local));
        }
        return centre.ok("", all.toArray(String[]::new)).split(" ")[1];
    }

    @Test
    void change_isReviewedApprovedByAnotherReleasedAndUndoneAsOne() throws Exception {
        centre.ok("a: 1\n", "put", "flow/orders/one.yaml");
        centre.ok("", "settings", "env", "flow", "--approvals", "1");
        assertThat(centre.refused("a: 2\n", "put", "flow/orders/one.yaml")).contains("make a change");
        String id = change("flow", "orders/one.yaml=a: 2\n", "orders/two.yaml=b: ${orders/one.yaml#a}\n");
        centre.ok("", "change", "submit", "flow", id);
        assertThat(centre.refused("", "change", "approve", "flow", id)).contains("may not approve");
        assertThat(centre.refused("", "change", "release", "flow", id)).contains("REVIEW");

        centre.as(token("eve", "--role", "scoped", "--grant", "flow/*/*:approve"));
        centre.ok("", "change", "approve", "flow", id);
        assertThat(centre.refused("", "change", "release", "flow", id)).contains("needed: release");
        centre.as("");
        centre.ok("", "change", "release", "flow", id);

        assertThat(centre.everywhere("get", "flow/orders/one.yaml")).isEqualTo("a: 2\n");
        assertThat(centre.everywhere("effective", "flow/orders")).containsPattern("b +2");
        Set<String> revisions = new TreeSet<>();
        for (String each : List.of("one", "two"))
            revisions.add(centre.json("GET", "/api/v1/envs/flow/apps/orders/files/" + each + ".yaml/releases", "")
                    .at("/releases/0/revision")
                    .asText());
        assertThat(revisions).hasSize(1);

        centre.ok("", "change", "rollback", "flow", id);
        assertThat(centre.everywhere("get", "flow/orders/one.yaml")).isEqualTo("a: 1\n");
        assertThat(centre.refused("", "get", "flow/orders/two.yaml")).contains("no file");
    }

    @Test
    void changeOnAnOldBase_losesNobodysUpdate() throws Exception {
        centre.ok("a: 1\n", "put", "lost/orders/app.yaml");
        String id = change("lost", "orders/app.yaml=a: 2\n");
        centre.ok("", "change", "submit", "lost", id);
        centre.ok("a: 7\n", "put", "lost/orders/app.yaml");

        assertThat(centre.refused("", "change", "release", "lost", id))
                .contains("app.yaml", "base release: 1 (current: 2)");
        assertThat(centre.everywhere("get", "lost/orders/app.yaml")).isEqualTo("a: 7\n");
    }

    @Test
    void scheduledChange_isReleasedByItself_andAFreezeHoldsEverythingButRollbacks() throws Exception {
        centre.ok("a: 1\n", "put", "time/orders/app.yaml");
        String id = change("time", "orders/app.yaml=a: 2\n");
        centre.ok("", "change", "submit", "time", id);
        centre.ok(
                "",
                "change",
                "schedule",
                "time",
                id,
                "--at",
                Instant.now().plus(2, ChronoUnit.SECONDS).toString());
        Centre.until("the scheduled change is released", () -> centre.ok("", "get", "time/orders/app.yaml")
                .equals("a: 2\n"));

        Instant now = Instant.now();
        centre.ok(
                "",
                "settings",
                "env",
                "time",
                "--freeze",
                now.minusSeconds(60) + ".." + now.plusSeconds(3600),
                "--reason",
                "Black Friday");
        for (int node = 0; node < 3; node++)
            assertThat(centre.refused("a: 3\n", "put", "time/orders/app.yaml")).contains("Black Friday");
        centre.ok("", "rollback", "time/orders/app.yaml", "1");
        centre.ok("", "settings", "env", "time", "--thaw");
        centre.ok("a: 3\n", "put", "time/orders/app.yaml");
    }

    @Test
    void audiences_areMatchedInOrder_growStickily_andArePromotedOrDropped() throws Exception {
        String file = "gray/orders/app.yaml";
        centre.ok("v: stable\n", "put", file);
        centre.ok("v: label\n", "gray", "set", file, "zone", "-f", "-", "--label", "zone=a");
        centre.ok("v: net\n", "gray", "set", file, "net", "-f", "-", "--ip", "10.1.0.0/16");
        centre.ok("v: share\n", "gray", "set", file, "share", "-f", "-", "--percent", "10");

        assertThat(centre.everywhere("effective", "gray/orders", "--label", "zone=a", "--ip", "10.1.2.3"))
                .contains("label");
        assertThat(centre.everywhere("effective", "gray/orders", "--ip", "10.1.2.3"))
                .contains("net");
        assertThat(centre.everywhere("effective", "gray/orders", "--ip", "10.2.2.3"))
                .doesNotContain("net");
        Set<Integer> first = inShare();
        centre.ok("", "gray", "set", file, "share", "--percent", "30");
        Set<Integer> later = inShare();
        assertThat(first).hasSizeBetween(2, 40);
        assertThat(later).containsAll(first).hasSizeBetween(first.size() + 1, 90);

        centre.ok("", "gray", "drop", file, "share");
        assertThat(inShare()).isEmpty();
        centre.ok("", "gray", "promote", file, "zone");
        assertThat(centre.everywhere("get", file)).isEqualTo("v: label\n");
        assertThat(centre.everywhere("effective", "gray/orders", "--ip", "10.1.2.3"))
                .contains("net");
    }

    /** Which of 150 instances the share takes. */
    private Set<Integer> inShare() throws Exception {
        Set<Integer> in = new TreeSet<>();
        for (int i = 0; i < 150; i++)
            if (centre.json("GET", "/api/v1/envs/gray/apps/orders/effective?instance=i-" + i, "")
                    .toString()
                    .contains("share")) in.add(i);
        return in;
    }

    @Test
    void instances_areSeenFromEveryNode_withWhatAChangeTouchesAndWhatNobodyReads() throws Exception {
        centre.ok("x: 1\n", "put", "live/shared/base.yaml");
        centre.ok("", "settings", "file", "live/shared/base.yaml", "--public", "true", "--owner", "ada", "--tag", "db");
        centre.ok("attune.import: shared/base.yaml\nused: 1\nidle: 2\n", "put", "live/orders/app.yaml");
        try (AttuneClient client = centre.client();
                Config config = client.config(InstanceSpec.of("i1", "live", "orders"))) {
            assertThat(config.get("used")).contains("1");
            Centre.until("i1 has reported", () -> centre.ok("", "instances", "live/orders")
                    .contains("applied"));
            Centre.until("what it reads is known", () -> !centre.ok("", "unused", "live/orders")
                    .contains("used "));
            assertThat(centre.everywhere("instances", "live/orders")).contains("i1", "app.yaml", "applied");
            assertThat(centre.everywhere("blast", "live/shared/base.yaml")).contains("i1");
            assertThat(centre.everywhere("blast", "live/orders/none.yaml")).contains("i1");
            assertThat(centre.everywhere("unused", "live/orders")).contains("idle");
        }
        assertThat(centre.everywhere("search", "IDLE", "--env", "live")).contains("live/orders/app.yaml", "idle");
        assertThat(centre.everywhere("search", "--env", "live", "--tag", "db")).contains("live/shared/base.yaml");
        assertThat(centre.everywhere("search", "--env", "live", "--owner", "ada"))
                .contains("base.yaml")
                .doesNotContain("app.yaml");
    }

    @Test
    void rights_holdOnEveryNode_andWhatMayNotBeSeenLooksAbsent() throws Exception {
        centre.ok("a: 1\n", "put", "rights/orders/app.yaml");
        centre.ok("a: 1\n", "put", "rights/billing/app.yaml");
        centre.ok("", "group", "put", "readers", "--grant", "rights/orders/*:read");
        String member = token("member", "--role", "scoped", "--group", "readers");
        String brief = centre.json(
                        "POST", "/api/v1/tokens", "{\"name\":\"brief\",\"role\":\"reader\",\"validSeconds\":3}")
                .path("token")
                .asText();
        centre.as(brief);
        centre.everywhere("get", "rights/orders/app.yaml");
        centre.as(member);
        assertThat(centre.everywhere("get", "rights/orders/app.yaml")).isEqualTo("a: 1\n");
        for (int node = 0; node < 3; node++) {
            String hidden = centre.refused("", "get", "rights/billing/app.yaml");
            assertThat(hidden).isEqualTo(centre.refused("", "get", "nowhere/billing/app.yaml"));
            assertThat(centre.refused("a: 2\n", "put", "rights/orders/app.yaml"))
                    .contains("needed: edit");
            assertThat(centre.refused("", "kv", "get", "x")).contains("may not do this");
            assertThat(centre.ok("", "search", "a", "--env", "rights")).doesNotContain("billing");
        }
        centre.as(brief);
        Centre.until(
                "the short token has ended",
                () -> centre.run("", "get", "rights/orders/app.yaml").exit() != 0);
        for (int node = 0; node < 3; node++)
            assertThat(centre.refused("", "get", "rights/orders/app.yaml")).contains("token ended");
    }

    @Test
    @DisplayName("W10: streams are cut on every node when a group changes or a token is revoked")
    void endedRights_cutStreamsOnEveryNode() throws Exception {
        centre.ok("a: 1\n", "put", "cut/orders/app.yaml");
        centre.ok("", "group", "put", "followers", "--grant", "cut/*/*:read");
        String member = token("follower", "--role", "scoped", "--group", "followers");
        String revoked = token("revoked", "--role", "scoped", "--grant", "cut/*/*:read");
        List<CompletableFuture<List<String>>> streams = new ArrayList<>();
        for (String token : List.of(member, revoked)) {
            centre.as(token);
            for (ServerProcess node : centre.cluster().servers()) streams.add(lines(node));
        }
        centre.as("");
        Thread.sleep(500);
        JsonNode tokens = centre.json("GET", "/api/v1/tokens", "").path("tokens");
        String id = "";
        for (JsonNode each : tokens)
            if (each.path("name").asText().equals("revoked"))
                id = each.path("id").asText();

        centre.ok("", "group", "put", "followers", "--grant", "other/*/*:read");
        centre.ok("", "token", "revoke", id);
        long ended = System.nanoTime();
        Thread.sleep(1_000);
        centre.ok("a: secret-of-later\n", "put", "cut/orders/app.yaml");

        for (CompletableFuture<List<String>> each : streams) {
            List<String> seen = each.get(10, TimeUnit.SECONDS);
            assertThat(String.join("\n", seen)).contains("\"a\":\"1\"").doesNotContain("secret-of-later");
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ended)).isLessThan(10_000);
        centre.as(member);
        for (int node = 0; node < 3; node++)
            assertThat(centre.refused("", "get", "cut/orders/app.yaml")).contains("nothing here");
    }

    /** Every line of a subscription at one node until it is cut. */
    private CompletableFuture<List<String>> lines(ServerProcess node) throws Exception {
        HttpResponse<Stream<String>> answer = centre.stream(node, "/api/v1/envs/cut/apps/orders/subscribe");
        assertThat(answer.statusCode()).isEqualTo(200);
        return CompletableFuture.supplyAsync(() -> {
            List<String> seen = new ArrayList<>();
            try (Stream<String> all = answer.body()) {
                all.forEach(seen::add);
            } catch (java.io.UncheckedIOException e) {
                // Cut in the middle of a chunk.
                seen.add("");
            }
            return seen;
        });
    }

    @Test
    void audit_isOneChainOnEveryNode_alsoOfMembersKeysAndCompaction() throws Exception {
        centre.ok("", "audit", "settings", "--keys", "on");
        centre.ok("", "kv", "put", "audited/key", "1");
        centre.ok("", "kv", "del", "audited/key");
        centre.ok("", "audit", "settings", "--keys", "off");
        centre.ok("", "kv", "put", "audited/silent", "1");
        centre.refused("", "cluster", "remove", "n9");

        for (int node = 0; node < 3; node++)
            assertThat(centre.ok("", "audit", "verify")).startsWith("intact:");
        String newest = centre.ok("", "audit", "list", "--limit", "400");
        assertThat(newest)
                .contains("key.put", "key.delete", "audited/key", "audit.settings", "member.remove", "token.create")
                .doesNotContain("audited/silent");
        String[] lines = newest.split("\n");
        assertThat(Stream.of(lines).skip(1).collect(Collectors.toSet())).hasSize(lines.length - 1);
    }
}
