package dev.attune.server.keyspace;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Operation;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Store;
import dev.attune.store.WatchHub;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The real store and watch hub in memory, owned by one thread, without a log: a keyspace of one for tests. */
public final class StoreKeyspace implements Keyspace, AutoCloseable {
    private final ExecutorService owner = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "store-keyspace");
        thread.setDaemon(true);
        return thread;
    });
    private final Store store = Store.open(new InMemoryRevisionStore());
    private final WatchHub hub = new WatchHub(store);
    private final AtomicInteger watches = new AtomicInteger();
    private volatile boolean majorityLost;
    private long index;

    /** Whether linearizable reads and writes fail from now on. */
    public void majorityLost(boolean lost) {
        majorityLost = lost;
    }

    /** How many watches are open. */
    public int watchCount() {
        return watches.get();
    }

    public long revision() {
        return own(store::revision).join();
    }

    @Override
    public CompletableFuture<CommandResult> write(Command command) {
        return own(() -> {
            checkMajority();
            CommandResult result = store.apply(++index, command);
            store.commit();
            step();
            ErrorCode error = result.error();
            if (error != null) throw new AttuneException(error, result.message());
            return result;
        });
    }

    @Override
    public CompletableFuture<CommandResult> read(Operation operation, ReadLevel level) {
        return own(() -> {
            if (level.linearizable()) checkMajority();
            return store.read(operation);
        });
    }

    @Override
    public Watch watch(WatchSpec spec, WatchSink sink) {
        watches.incrementAndGet();
        CompletableFuture<Long> id = own(() -> hub.open(spec, sink));
        own(this::step);
        return new Watch() {
            @Override
            public void resume() {
                own(() -> {
                    hub.resume(id.join());
                    return step();
                });
            }

            @Override
            public void requestProgress() {
                own(() -> {
                    hub.requestProgress(id.join());
                    return step();
                });
            }

            @Override
            public void close() {
                watches.decrementAndGet();
                own(() -> {
                    hub.cancel(id.join());
                    return 0;
                });
            }
        };
    }

    private int step() {
        int turns = 0;
        while (hub.advance()) turns++;
        return turns;
    }

    private void checkMajority() {
        if (majorityLost) throw new AttuneException(ErrorCode.UNAVAILABLE, "no majority");
    }

    private <T> CompletableFuture<T> own(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, owner);
    }

    @Override
    public void close() {
        owner.shutdownNow();
    }
}
