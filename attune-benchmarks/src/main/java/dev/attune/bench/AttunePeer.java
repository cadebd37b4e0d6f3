package dev.attune.bench;

import dev.attune.client.AttuneClient;
import dev.attune.client.kv.WatchListener;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Attune by its SDK over one session. */
final class AttunePeer implements Peer {
    private final AttuneClient client;

    AttunePeer(List<String> endpoints, String token) {
        client = AttuneClient.builder()
                .endpoints(endpoints)
                .token(token)
                .snapshotDirectory(null)
                .build();
    }

    @Override
    public CompletableFuture<?> put(String key, byte[] value) {
        return client.kv().put(Bytes.utf8(key), Bytes.copyOf(value));
    }

    @Override
    public CompletableFuture<Integer> get(String key) {
        return client.kv()
                .get(Bytes.utf8(key))
                .thenApply(found -> found.map(each -> each.value().size()).orElse(-1));
    }

    @Override
    public CompletableFuture<?> putFile(int number, byte[] text) {
        return client.files().publish(file(number), Bytes.copyOf(text), "load", 0);
    }

    @Override
    public CompletableFuture<Integer> getFile(int number) {
        return client.files()
                .read(file(number))
                .handle((found, missing) ->
                        found == null ? -1 : found.release().text().size());
    }

    private static Coordinate file(int number) {
        return new Coordinate("bench", "app" + number / 100, "default", "file" + number % 100 + ".txt");
    }

    @Override
    public void watch(String key, Consumer<byte[]> changed, Consumer<Throwable> failed) {
        // The client ends its watches when it is closed.
        var unused = client.kv().watch(KeyRange.key(Bytes.utf8(key)), 0, new WatchListener() {
            @Override
            public void changed(long revision, List<Event> events) {
                for (Event event : events)
                    changed.accept(event.keyValue().value().toArray());
            }

            @Override
            public void ended(AttuneException reason, long compactedRevision) {
                failed.accept(reason);
            }
        });
    }

    @Override
    public void close() {
        client.close();
    }
}
