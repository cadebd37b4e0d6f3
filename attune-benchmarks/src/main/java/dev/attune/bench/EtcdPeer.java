package dev.attune.bench;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** etcd by jetcd. */
final class EtcdPeer implements Peer {
    private final Client client;

    EtcdPeer(List<String> endpoints) {
        String[] urls = endpoints.stream().map(each -> "http://" + each).toArray(String[]::new);
        client = Client.builder().endpoints(urls).build();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public CompletableFuture<?> put(String key, byte[] value) {
        return client.getKVClient().put(bytes(key), ByteSequence.from(value));
    }

    @Override
    public CompletableFuture<Integer> get(String key) {
        return client.getKVClient()
                .get(bytes(key))
                .thenApply(found -> found.getKvs().isEmpty()
                        ? -1
                        : found.getKvs().get(0).getValue().size());
    }

    @Override
    public void watch(String key, Consumer<byte[]> changed, Consumer<Throwable> failed) {
        // The client ends its watches when it is closed.
        var unused = client.getWatchClient()
                .watch(
                        bytes(key),
                        Watch.listener(
                                response -> response.getEvents()
                                        .forEach(event -> changed.accept(
                                                event.getKeyValue().getValue().getBytes())),
                                failed));
    }

    @Override
    public void close() {
        client.close();
    }
}
