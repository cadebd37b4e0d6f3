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

    /** Writes a new file durably; where there are no files, a new key. */
    default CompletableFuture<?> putFile(int number, byte[] text) {
        return put("bench/f/" + number, text);
    }

    /** Linearizable; gives the size of the file, -1 when it is absent. */
    default CompletableFuture<Integer> getFile(int number) {
        return get("bench/f/" + number);
    }

    @Override
    void close();
}
