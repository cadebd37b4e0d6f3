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
    private final Host host;
    private final Duration patience;
    private final Duration startTimeout;

    /**
     * What the client lends its subscriptions.
     *
     * @param listeners runs listeners, one after the other
     * @param disk runs what waits for a disk
     * @param directory for local copies; null for none
     * @param layers what lies over and under the values of the centre
     * @param signalInterval between two tellings of what the program measures
     * @param secret signs local copies: the token; null to sign them with nothing that others do not know
     */
    public record Host(
            Executor listeners,
            Executor disk,
            @Nullable Path directory,
            @Nullable String secret,
            Layers layers,
            Duration signalInterval) {}

    /**
     * @param patience how long a start waits for the centre before it takes the local copy
     * @param startTimeout how long it waits when there is no local copy
     */
    public ConfigClient(Session session, Host host, Duration patience, Duration startTimeout) {
        this.session = session;
        this.host = host;
        this.patience = patience;
        this.startTimeout = startTimeout;
    }

    /** Subscribes; returns with the newest configuration, else the local copy, else nothing (S3). */
    public Config open(InstanceSpec instance, List<String> files) {
        long begun = System.nanoTime();
        Path directory = host.directory();
        SnapshotStore store = directory == null ? null : new SnapshotStore(directory, host.secret(), instance, files);
        Clock clock = Clock.systemUTC();
        ConfigFeed feed = new ConfigFeed(
                session,
                instance,
                List.copyOf(files),
                new ConfigFeed.Host(host.listeners(), host.disk(), clock, store, host.layers(), host.signalInterval()));
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
