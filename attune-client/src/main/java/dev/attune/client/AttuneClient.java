package dev.attune.client;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigClient;
import dev.attune.client.config.Layers;
import dev.attune.client.file.FileClient;
import dev.attune.client.kv.KvClient;
import dev.attune.client.session.RequestIds;
import dev.attune.client.session.Session;
import dev.attune.client.session.SessionOptions;
import dev.attune.client.session.WebSocketConnector;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.session.SessionProtocol;
import dev.attune.model.tls.Authorities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client of an Attune centre: one connection to whichever member answers, shared by everything the process does.
 * Make one per process. Safe to share between threads; its own threads are daemons.
 */
public final class AttuneClient implements AutoCloseable {
    private static final long TICK_MILLIS = 20;

    /** Leaves room within the 500 ms in which a start without the centre is done (S3). */
    private static final Duration START_PATIENCE = Duration.ofMillis(400);

    private final Session session;
    private final ScheduledExecutorService ticker;
    private final ExecutorService dispatcher;
    private final ExecutorService disk;
    private final KvClient kv;
    private final ConfigClient configs;
    private final FileClient files;

    private AttuneClient(Builder builder) {
        SecureRandom random = new SecureRandom();
        SessionOptions options = SessionOptions.of(builder.endpoints).withClusterId(builder.clusterId);
        WebSocketConnector connector = new WebSocketConnector(builder.token, builder.connectTimeout, builder.tls);
        session = new Session(options, connector, System::nanoTime, random);
        ticker = Executors.newSingleThreadScheduledExecutor(daemon("attune-session"));
        dispatcher = Executors.newSingleThreadExecutor(daemon("attune-listeners"));
        kv = new KvClient(
                session, new RequestIds(random.nextLong() | 1), dispatcher, random::nextLong, builder.callTimeout);
        disk = Executors.newSingleThreadExecutor(daemon("attune-snapshots"));
        files = new FileClient(session, builder.callTimeout);
        configs = new ConfigClient(
                session,
                new ConfigClient.Host(
                        dispatcher,
                        disk,
                        builder.snapshotDirectory,
                        builder.token,
                        builder.layers,
                        builder.signalInterval),
                START_PATIENCE,
                builder.startTimeout);
        ticker.scheduleAtFixedRate(session::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Raw keys. */
    public KvClient kv() {
        return kv;
    }

    /** Publishing, rolling back and reading files. */
    public FileClient files() {
        return files;
    }

    /**
     * Subscribes to files of the instance's application. Returns at once with the newest configuration when the centre
     * answers; else within 500 ms with the local copy of an earlier run; without one, with nothing after the start
     * time-out. {@code source()} says which; it follows the centre from then on in any case.
     *
     * @param files by precedence, the strongest first; none for all files of the application
     */
    public Config config(InstanceSpec instance, String... files) {
        return configs.open(instance, Arrays.asList(files));
    }

    /** Whether a member answers at the moment. */
    public boolean isConnected() {
        return session.isConnected();
    }

    /** The state of the connection, for people. */
    public String connectionStatus() {
        return session.trouble();
    }

    /** The cluster this client is bound to; null before the first answer. */
    public @Nullable String clusterId() {
        return session.clusterId();
    }

    /** Ends the connection; unanswered calls fail. */
    @Override
    public void close() {
        ticker.shutdownNow();
        session.close();
        dispatcher.shutdown();
        disk.shutdown();
    }

    /** Settings of a client, each with a default but the endpoints. */
    public static final class Builder {
        private List<URI> endpoints = List.of(URI.create("ws://127.0.0.1:7420" + SessionProtocol.PATH));
        private @Nullable String token;
        private @Nullable String clusterId;
        private Layers layers = Layers.NONE;
        private @Nullable SSLContext tls;
        private @Nullable Path snapshotDirectory =
                Path.of(System.getProperty("user.home", "."), ".attune", "snapshots");
        private Duration signalInterval = Duration.ofSeconds(10);
        private Duration startTimeout = Duration.ofSeconds(5);
        private Duration callTimeout = Duration.ofSeconds(10);
        private Duration connectTimeout = Duration.ofSeconds(2);

        private Builder() {}

        /** Members, as {@code host:port}, {@code http://host:port} or {@code https://host:port}. */
        public Builder endpoints(String... addresses) {
            return endpoints(Arrays.asList(addresses));
        }

        public Builder endpoints(List<String> addresses) {
            List<URI> parsed = new ArrayList<>();
            for (String address : addresses) parsed.add(sessionUri(address.trim()));
            if (parsed.isEmpty()) throw new IllegalArgumentException("endpoints: 0 (expected: >= 1)");
            endpoints = parsed;
            return this;
        }

        private static URI sessionUri(String address) {
            String withScheme = address.contains("://") ? address : "http://" + address;
            URI uri = URI.create(withScheme);
            boolean secure = "https".equals(uri.getScheme()) || "wss".equals(uri.getScheme());
            boolean plain = "http".equals(uri.getScheme()) || "ws".equals(uri.getScheme());
            if (uri.getHost() == null || !(secure || plain))
                throw new IllegalArgumentException(
                        "endpoint: " + address + " (expected: host:port, http://host:port or https://host:port)");
            int port = uri.getPort() < 0 ? 7420 : uri.getPort();
            String host = uri.getHost();
            return URI.create((secure ? "wss://" : "ws://") + host + ":" + port + SessionProtocol.PATH);
        }

        /** The bearer credential; null for none. */
        public Builder token(@Nullable String credential) {
            token = credential;
            return this;
        }

        /** Binds the client to one cluster from the start; otherwise to the first that answers (S5). */
        public Builder clusterId(@Nullable String id) {
            clusterId = id;
            return this;
        }

        /**
         * Where local copies of the configuration are kept; null for none. They are signed with the token: after a
         * change of token they are not used until the centre has been reached once.
         */
        public Builder snapshotDirectory(@Nullable Path directory) {
            snapshotDirectory = directory;
            return this;
        }

        /** How long {@code config} waits for the centre when there is no local copy. */
        public Builder startTimeout(Duration timeout) {
            startTimeout = timeout;
            return this;
        }

        /** Trust and key material for {@code https} endpoints; null for the JDK's default. */
        public Builder tls(@Nullable SSLContext context) {
            tls = context;
            return this;
        }

        /**
         * For {@code https} endpoints: trusts exactly the authorities in this file of PEM certificates.
         *
         * @throws UncheckedIOException when it cannot be read
         */
        public Builder authority(Path pem) {
            try {
                return tls(Authorities.trust(Files.readAllBytes(pem)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** How long a call may take, repetitions included. */
        public Builder callTimeout(Duration timeout) {
            callTimeout = timeout;
            return this;
        }

        /** How long a connection attempt may take. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** How often the centre is told what the program measures: half a second to a minute, ten seconds when not set. */
        public Builder signalInterval(Duration interval) {
            signalInterval = interval;
            return this;
        }

        /** What lies over and under the values of the centre; the centre alone when not given. */
        public Builder layers(Layers overAndUnder) {
            this.layers = overAndUnder;
            return this;
        }

        /** Starts connecting in the background; returns at once. */
        public AttuneClient build() {
            return new AttuneClient(this);
        }
    }
}
