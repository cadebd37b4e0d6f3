package dev.attune.bench;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One connection to a running cluster by the cluster's own Java client. Safe to share between threads. */
interface Peer extends AutoCloseable {
    /** Acknowledged durably; fails unless it certainly was. */
    CompletableFuture<?> put(String key, byte[] value);

    /** Linearizable; gives the size of the value, -1 when the key is absent. */
    CompletableFuture<Integer> get(String key);

    /** Reports each new value of the key until the connection is closed, and the reason should it end before. */
    void watch(String key, Consumer<byte[]> changed, Consumer<Throwable> failed);

    @Override
    void close();
}
