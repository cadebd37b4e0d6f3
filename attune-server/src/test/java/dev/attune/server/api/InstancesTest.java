package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Bound;
import dev.attune.client.config.Config;
import dev.attune.client.config.DefaultValue;
import dev.attune.client.config.Layers;
import dev.attune.client.config.Property;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.http.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The SDK's typed values, vetoes and reports against a real node. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InstancesTest {
    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = RunningNode.start(directory.resolve("data"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    /** What the tests bind. */
    record Pool(
            int maxSize,
            @DefaultValue("5s") Duration timeout,
            Optional<String> name,
            List<String> hosts,
            Limits limits) {
        Pool {
            if (maxSize > 100) throw new IllegalArgumentException("maxSize: " + maxSize + " (expected: <= 100)");
        }
    }

    /** A nested record. */
    record Limits(@DefaultValue("7") long burst) {}

    @Test
    void handlesAndBoundRecords_followTheCentre() throws Exception {
        put("typed", "app.yaml", "pool:\n  max-size: 8\n  hosts: [a, b]\nrate: 250ms\n");
        try (AttuneClient client = client(Layers.NONE);
                Config config = client.config(InstanceSpec.of("i1", "typed", "orders"))) {
            Property<Duration> rate = config.property("rate", Duration.class);
            Bound<Pool> pool = config.bind("pool", Pool.class);
            assertThat(rate.get()).isEqualTo(Duration.ofMillis(250));
            assertThat(pool.get())
                    .isEqualTo(new Pool(8, Duration.ofSeconds(5), Optional.empty(), List.of("a", "b"), new Limits(7)));

            put("typed", "app.yaml", "pool:\n  maxSize: 9\n  limits: {burst: 1}\nrate: 2s\n");
            await().until(() -> pool.get().maxSize() == 9);

            assertThat(rate.get()).isEqualTo(Duration.ofSeconds(2));
            assertThat(pool.get().limits().burst()).isEqualTo(1);
            assertThat(config.property("absent", Integer.class).or(3)).isEqualTo(3);
            assertThatThrownBy(() -> config.property("rate", Integer.class).get())
                    .isInstanceOf(AttuneException.class);
        }
    }

    @Test
    void boundRecord_keepsItsLastValueWhenAnUncheckedStateDoesNotBind() throws Exception {
        put("unchecked", "app.yaml", "pool:\n  max-size: 8\n");
        try (AttuneClient client = client(Layers.NONE);
                Config config = client.config(InstanceSpec.of("i1", "unchecked", "orders"))) {
            Bound<Pool> pool = config.bind("pool", Pool.class);
            pool.close();

            put("unchecked", "app.yaml", "pool:\n  max-size: 800\n");
            await().until(() -> config.getInt("pool.max-size", 0) == 800);

            assertThat(pool.get().maxSize()).isEqualTo(8);
        }
    }

    @Test
    void whatWasOffered_isShownBesideWhatWasDone_andWhoOnlyListensIsAFollower() throws Exception {
        put("offer", "app.yaml", "a: 1\n");
        try (AttuneClient client = client(Layers.NONE);
                Config config = client.config(InstanceSpec.of("i1", "offer", "orders"));
                java.io.InputStream events =
                        node.stream("/api/v1/envs/offer/apps/orders/subscribe?instance=ear", node.administrator())) {
            config.property("a", Integer.class).get();
            put("offer", "app.yaml", "a: 2\n");

            await().untilAsserted(() -> assertThat(
                            node.call("GET", "/api/v1/envs/offer/apps/orders/instances", node.administrator(), "")
                                    .body())
                    .containsPattern("\"id\":\"ear\"[^}]*\"follower\":true")
                    .contains("{\"file\":\"app.yaml\",\"offered\":2,\"release\":2,\"state\":\"offered\"}")
                    .contains("{\"file\":\"app.yaml\",\"offered\":2,\"release\":2,\"state\":\"applied\"}"));
            assertThat(events.available()).isPositive();
        }
        await().untilAsserted(() -> assertThat(
                        node.call("GET", "/api/v1/envs/offer/apps/orders/instances", node.administrator(), "")
                                .body())
                .doesNotContain("ear"));
    }

    @Test
    void vetoedRelease_isNeverReadAndItsReasonReachesTheCentre() throws Exception {
        put("veto", "app.yaml", "pool:\n  max-size: 8\n");
        try (AttuneClient client = client(Layers.NONE);
                Config config = client.config(InstanceSpec.of("i1", "veto", "orders"))) {
            Bound<Pool> pool = config.bind("pool", Pool.class);
            List<Integer> told = Collections.synchronizedList(new ArrayList<>());
            config.onChange(change -> told.add(pool.get().maxSize()));

            put("veto", "app.yaml", "pool:\n  max-size: 800\n");
            await().until(() -> states("veto").contains("rejected"));
            assertThat(states("veto")).contains("\"release\":2").contains("maxSize: 800 (expected: <= 100)");
            assertThat(pool.get().maxSize()).isEqualTo(8);
            assertThat(config.getInt("pool.max-size", 0)).isEqualTo(8);

            put("veto", "app.yaml", "pool:\n  max-size: 9\n");
            await().until(() -> pool.get().maxSize() == 9);
            await().until(() -> states("veto").contains("\"release\":3,\"state\":\"applied\""));
            assertThat(told).containsExactly(9);
        }
        await().until(() -> states("veto").equals("[]"));
    }

    @Test
    void blast_namesWhoeverAChangeWouldTouchAlsoByImports() throws Exception {
        put("blast", "app.yaml", "a: 1\n");
        call("PUT", "/api/v1/envs/blast/apps/shared/files/common.yaml", "x: 1\n");
        call("PUT", "/api/v1/envs/blast/apps/shared/files/common.yaml/settings", "{\"public\":true}");
        put("blast", "app.yaml", "attune.import: shared/common.yaml\na: 1\n");
        try (AttuneClient client = client(Layers.NONE);
                Config near = client.config(InstanceSpec.of("near", "blast", "orders"));
                Config far = client.config(new InstanceSpec("far", "blast", "orders", "eu", "", "", Map.of()));
                Config other = client.config(InstanceSpec.of("other", "blast", "billing"))) {
            assertThat(near.get("x")).contains("1");
            assertThat(far.revision() + other.revision()).isPositive();
            await().until(() -> touched("orders", "app.yaml", "default").equals("[far, near]"));

            assertThat(touched("shared", "common.yaml", "default")).isEqualTo("[far, near]");
            assertThat(touched("orders", "app.yaml", "eu")).isEqualTo("[far]");
            assertThat(touched("orders", "new.yaml", "default")).isEqualTo("[far, near]");
            assertThat(touched("billing", "app.yaml", "default")).isEqualTo("[other]");
        }
    }

    @Test
    void keysThatNobodyReads_areReported() throws Exception {
        put("unused", "app.yaml", "used: 1\nidle: 2\npool: {max-size: 1}\n");
        try (AttuneClient client = client(Layers.NONE);
                Config config = client.config(InstanceSpec.of("i1", "unused", "orders"))) {
            config.getInt("used", 0);
            config.bind("pool", Pool.class);
            await().until(() -> !unused().contains("\"used\"") && !unused().contains("pool.max-size"));

            assertThat(unused()).contains("\"idle\"").contains("\"instances\":1");
        }
    }

    @Test
    void layers_winOverAndStandInForTheCentre() throws Exception {
        put("layers", "app.yaml", "a: centre\nb: centre\n");
        Layers layers = new Layers(key -> key.equals("a") ? "process" : null, Map.of("b", "default", "c", "default"));
        try (AttuneClient client = client(layers);
                Config config = client.config(InstanceSpec.of("i1", "layers", "orders"))) {
            assertThat(config.snapshot().keys()).isEqualTo(Map.of("a", "process", "b", "centre", "c", "default"));
        }
    }

    private AttuneClient client(Layers layers) {
        return AttuneClient.builder()
                .endpoints("127.0.0.1:" + node.port())
                .token(node.administrator())
                .snapshotDirectory(null)
                .layers(layers)
                .build();
    }

    private String unused() throws Exception {
        return call("GET", "/api/v1/envs/unused/apps/orders/unused-keys", "").body();
    }

    private String states(String environment) throws Exception {
        JsonNode all = Json.tree(Bytes.utf8(call("GET", "/api/v1/envs/" + environment + "/apps/orders/instances", "")
                .body()));
        return all.at("/instances").isEmpty()
                ? "[]"
                : all.at("/instances/0/files").toString();
    }

    private String touched(String application, String file, String cluster) throws Exception {
        String path = "/api/v1/envs/blast/apps/" + application + "/files/" + file + "/blast?cluster=" + cluster;
        List<String> ids = new ArrayList<>();
        Json.tree(Bytes.utf8(call("GET", path, "").body()))
                .get("instances")
                .forEach(each -> ids.add(each.get("id").asText()));
        Collections.sort(ids);
        return ids.toString();
    }

    private void put(String environment, String name, String text) throws Exception {
        HttpResponse<String> done = call("PUT", "/api/v1/envs/" + environment + "/apps/orders/files/" + name, text);
        assertThat(done.statusCode()).as(done.body()).isIn(200, 201);
    }

    private HttpResponse<String> call(String method, String path, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, node.administrator(), body);
    }
}
