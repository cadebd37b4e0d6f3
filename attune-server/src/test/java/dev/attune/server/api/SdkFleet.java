package dev.attune.server.api;

import static org.awaitility.Awaitility.await;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.http.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Some instances of the SDK of the application {@code orders} in one environment. */
final class SdkFleet implements AutoCloseable {
    private final RunningNode node;
    private final List<AttuneClient> clients = new ArrayList<>();
    private final List<Config> configs = new ArrayList<>();

    SdkFleet(RunningNode node, Path directory, String environment, int size) throws Exception {
        this.node = node;
        for (int i = 0; i < size; i++) {
            AttuneClient client = AttuneClient.builder()
                    .endpoints("127.0.0.1:" + node.port())
                    .token(node.administrator())
                    .snapshotDirectory(directory.resolve(environment + i))
                    .build();
            clients.add(client);
            configs.add(client.config(InstanceSpec.of("i" + i, environment, "orders")));
        }
        await().until(() -> count(environment) == size);
    }

    private int count(String environment) throws Exception {
        String path = "/api/v1/envs/" + environment + "/apps/orders/instances";
        String found = node.call("GET", path, node.administrator(), "").body();
        return Json.tree(Bytes.utf8(found)).get("instances").size();
    }

    AttuneClient client(int index) {
        return clients.get(index);
    }

    Config config(int index) {
        return configs.get(index);
    }

    List<Config> configs() {
        return configs;
    }

    /** What the instances have of a key, each different value once. */
    List<String> values(String key) {
        return configs.stream().map(each -> each.getString(key, "-")).distinct().toList();
    }

    @Override
    public void close() {
        configs.forEach(Config::close);
        clients.forEach(AttuneClient::close);
    }

    /** Notes what it is told of {@code v}. */
    static final class Noting implements ConfigParticipant {
        private final List<String> told = new CopyOnWriteArrayList<>();

        List<String> told() {
            return told;
        }

        @Override
        public Optional<String> prepare(ConfigChange change) {
            told.add("prepare " + change.newValue("v").orElse("-"));
            return Optional.empty();
        }

        @Override
        public void apply(ConfigChange change) {
            told.add("apply " + change.newValue("v").orElse("-"));
        }

        @Override
        public void abort(ConfigChange change) {
            told.add("abort " + change.newValue("v").orElse("-"));
        }

        @Override
        public void revert(ConfigChange change) {
            told.add("revert " + change.newValue("v").orElse("-"));
        }
    }
}
