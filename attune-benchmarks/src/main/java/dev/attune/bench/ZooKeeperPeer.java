package dev.attune.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * ZooKeeper by its own client. Its events carry no value, so a watcher reads it; and a read is linearizable only behind
 * a sync, so it has one.
 */
final class ZooKeeperPeer implements Peer {
    private static final int SESSION_MILLIS = 30_000;

    private final ZooKeeper client;

    ZooKeeperPeer(List<String> endpoints) throws IOException {
        client = new ZooKeeper(String.join(",", endpoints), SESSION_MILLIS, event -> {});
    }

    // One level below the root: the parts of a key are no folders here.
    private static String path(String key) {
        return "/" + key.replace('/', '.');
    }

    private static <T> void end(CompletableFuture<T> result, int code, String path, T value) {
        if (code == Code.OK.intValue()) result.complete(value);
        else result.completeExceptionally(KeeperException.create(Code.get(code), path));
    }

    @Override
    public CompletableFuture<?> put(String key, byte[] value) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        String path = path(key);
        client.setData(
                path,
                value,
                -1,
                (code, any, context, stat) -> {
                    if (code == Code.NONODE.intValue()) create(path, value, result);
                    else end(result, code, path, true);
                },
                null);
        return result;
    }

    private void create(String path, byte[] value, CompletableFuture<Boolean> result) {
        client.create(
                path,
                value,
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT,
                (code, any, context, name) -> {
                    // Another caller was faster with the same new key: its node now takes this value.
                    if (code == Code.NODEEXISTS.intValue())
                        client.setData(path, value, -1, (again, p, c, stat) -> end(result, again, path, true), null);
                    else end(result, code, path, true);
                },
                null);
    }

    @Override
    public CompletableFuture<?> putFile(int number, byte[] text) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        create(path("bench/f/" + number), text, result);
        return result;
    }

    @Override
    public CompletableFuture<Integer> get(String key) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        String path = path(key);
        client.sync(
                path,
                (synced, any, context) -> {
                    if (synced != Code.OK.intValue()) end(result, synced, path, -1);
                    else
                        client.getData(
                                path,
                                false,
                                (code, p, c, data, stat) -> {
                                    if (code == Code.NONODE.intValue()) result.complete(-1);
                                    else end(result, code, path, data == null ? 0 : data.length);
                                },
                                null);
                },
                null);
        return result;
    }

    @Override
    public void watch(String key, Consumer<byte[]> changed, Consumer<Throwable> failed) {
        String path = path(key);
        Watcher watcher = event -> read(path, event, changed, failed);
        client.addWatch(
                path,
                watcher,
                AddWatchMode.PERSISTENT,
                (code, any, context) -> {
                    if (code != Code.OK.intValue()) failed.accept(KeeperException.create(Code.get(code), path));
                },
                null);
    }

    private void read(String path, WatchedEvent event, Consumer<byte[]> changed, Consumer<Throwable> failed) {
        if (event.getType() == Watcher.Event.EventType.None) return;
        client.getData(
                path,
                false,
                (code, any, context, data, stat) -> {
                    if (code == Code.OK.intValue()) changed.accept(data);
                    else failed.accept(KeeperException.create(Code.get(code), path));
                },
                null);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
