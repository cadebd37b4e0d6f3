package dev.attune.client.config;

import dev.attune.client.session.Session;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens subscriptions for a client. */
public final class ConfigClient {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Session session;
    private final Executor listeners;
    private final Executor disk;
    private final @Nullable Path directory;
    private final Duration patience;
    private final Duration startTimeout;

    /**
     * @param listeners runs listeners, one after the other
     * @param disk runs what waits for a disk
     * @param directory for local copies; null for none
     * @param patience how long a start waits for the centre before it takes the local copy
     * @param startTimeout how long it waits when there is no local copy
     */
    public ConfigClient(
            Session session,
            Executor listeners,
            Executor disk,
            @Nullable Path directory,
            Duration patience,
            Duration startTimeout) {
        this.session = session;
        this.listeners = listeners;
        this.disk = disk;
        this.directory = directory;
        this.patience = patience;
        this.startTimeout = startTimeout;
    }

    /** Subscribes; returns with the newest configuration, else the local copy, else nothing (S3). */
    public Config open(InstanceSpec instance, List<String> files) {
        long begun = System.nanoTime();
        SnapshotStore store = directory == null ? null : new SnapshotStore(directory, instance, files);
        Clock clock = Clock.systemUTC();
        ConfigFeed feed = new ConfigFeed(
                session, instance, List.copyOf(files), new ConfigFeed.Host(listeners, disk, clock, store));
        Optional<SnapshotStore.Saved> copy = store == null ? Optional.empty() : store.load();
        copy.ifPresent(feed::pin);
        session.open(feed);
        try {
            long left = (copy.isPresent() ? patience : startTimeout).toNanos() - (System.nanoTime() - begun);
            if (!feed.answered().await(Math.max(NANOS_PER_MILLI, left), TimeUnit.NANOSECONDS)) feed.useLocalCopy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            feed.useLocalCopy();
        }
        return new Config(feed, clock);
    }
}
