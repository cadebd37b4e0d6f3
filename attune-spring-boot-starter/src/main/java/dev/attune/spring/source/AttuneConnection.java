package dev.attune.spring.source;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSnapshot;
import dev.attune.client.signal.Signals;
import dev.attune.model.config.InstanceSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * The application's one connection to the centre: a client, and a subscription for each application it imports from.
 * It outlives the start: the property sources read through it. Until {@link #letGo} every subscription stays at the
 * state that it was opened with, so that a start sees one state. Safe to share between threads.
 */
public final class AttuneConnection implements AutoCloseable {
    // OpenTelemetry's name, as in resources.
    private static final String VERSION = "service.version";

    private final AttuneProperties properties;
    private final String application;
    private final String version;
    private final Map<String, Subscription> subscriptions = new ConcurrentSkipListMap<>();
    // The state that the present thread tries out, if it does. Of this connection alone, so it is not static.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Trial> trial = new ThreadLocal<>();

    private @Nullable AttuneClient client;
    private boolean closed;
    private boolean released;

    /** A subscription and what keeps it still while the application starts. */
    private record Subscription(Config config, Config.Registration hold) {}

    /** A state of one application that is looked at before it is in force. */
    private record Trial(String application, ConfigSnapshot state) {}

    /**
     * Opens nothing yet.
     *
     * @param springName the application where the properties name none
     * @param version of its code, which instances are told apart by; empty when it is not known
     */
    AttuneConnection(AttuneProperties properties, String springName, String version) {
        this.version = version;
        this.properties = properties;
        this.application = properties.application() == null ? springName : properties.application();
    }

    /** The connection that an environment's imports are read over; null when it has none. */
    public static @Nullable AttuneConnection of(ConfigurableEnvironment environment) {
        for (PropertySource<?> each : environment.getPropertySources())
            if (each instanceof AttunePropertySource source) return source.getSource();
        return null;
    }

    /** Every connection that an environment's imports are read over: more than one after a foreign refresh. */
    public static Set<AttuneConnection> allOf(ConfigurableEnvironment environment) {
        Set<AttuneConnection> all = new LinkedHashSet<>();
        for (PropertySource<?> each : environment.getPropertySources())
            if (each instanceof AttunePropertySource source) all.add(source.getSource());
        return all;
    }

    public AttuneProperties properties() {
        return properties;
    }

    /** The application that imports without a name of their own mean; empty when none is configured. */
    public String application() {
        return application;
    }

    /** The client, made when it is first asked for. */
    public synchronized AttuneClient client() {
        if (closed) throw new IllegalStateException("the connection to the centre is closed");
        AttuneClient open = client;
        if (open == null) {
            open = newClient();
            client = open;
        }
        return open;
    }

    private AttuneClient newClient() {
        AttuneClient.Builder builder = AttuneClient.builder();
        try {
            builder.endpoints(properties.endpoints())
                    .token(token())
                    .startTimeout(properties.start().timeout());
            Path ca = properties.caFile();
            if (ca != null) builder.authority(ca);
        } catch (IllegalArgumentException | java.io.UncheckedIOException e) {
            throw new AttuneImportException(
                    "attune: " + e.getMessage(), "Correct the properties below attune, or remove the import.");
        }
        if (!properties.start().localCopies()) builder.snapshotDirectory(null);
        else if (properties.start().directory() != null)
            builder.snapshotDirectory(properties.start().directory());
        return builder.build();
    }

    private @Nullable String token() {
        Path file = properties.tokenFile();
        if (properties.token() != null || file == null) return properties.token();
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new AttuneImportException(
                    "attune.token-file: " + file + " cannot be read: " + e, "Name a file that holds the credential.");
        }
    }

    /** The subscription to an application's files; the first call for it waits for an answer or takes the local copy. */
    public synchronized Config config(String name) {
        Subscription open = subscriptions.get(name);
        if (open == null) {
            Config config = client().config(spec(name));
            open = new Subscription(config, config.hold());
            if (released) open.hold().close();
            subscriptions.put(name, open);
        }
        return open.config();
    }

    private InstanceSpec spec(String name) {
        AttuneProperties.Instance instance = properties.instance();
        String environment = properties.environment();
        if (environment == null || environment.isEmpty())
            throw new AttuneImportException(
                    "attune.environment: none (expected: the environment whose configuration is read)",
                    "Set attune.environment, for instance to prod, or the variable ATTUNE_ENVIRONMENT.");
        String id = instance.id() == null ? defaultId() : instance.id();
        try {
            return new InstanceSpec(
                    id, environment, name, instance.cluster(), instance.dataCentre(), instance.ip(), labels(instance));
        } catch (IllegalArgumentException e) {
            throw new AttuneImportException(
                    "attune: " + e.getMessage(), "Correct attune.environment, attune.application or attune.instance.");
        }
    }

    private SortedMap<String, String> labels(AttuneProperties.Instance instance) {
        SortedMap<String, String> labels = new TreeMap<>(instance.labels());
        if (!version.isEmpty()) labels.putIfAbsent(VERSION, version);
        return labels;
    }

    private static String defaultId() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine that does not know its own name still has processes.
            host = "localhost";
        }
        return host.replaceAll("[^A-Za-z0-9-]", "-") + "-"
                + ProcessHandle.current().pid();
    }

    /** The applications that are imported from, by name. */
    public Collection<String> applications() {
        return List.copyOf(subscriptions.keySet());
    }

    /**
     * Where this process tells what it measures: under the application's own name, or, for one that imports from others
     * only, under the first of theirs; nothing for one that imports nothing yet.
     */
    public Optional<Signals> signals() {
        String told = application;
        if (!subscriptions.containsKey(told))
            told = subscriptions.keySet().stream().findFirst().orElse("");
        return told.isEmpty() ? Optional.empty() : Optional.of(config(told).signals());
    }

    /** The state that the present thread reads: the one it tries out, else the one in force. */
    ConfigSnapshot view(String name, Config config) {
        Trial now = trial.get();
        return now != null && now.application().equals(name) ? now.state() : config.snapshot();
    }

    /** Whether the present thread tries out a state. */
    boolean isTrying() {
        return trial.get() != null;
    }

    /** Runs something that reads the environment as if {@code state} were in force; for the present thread only. */
    public <T> T trying(String name, ConfigSnapshot state, Supplier<T> reader) {
        trial.set(new Trial(name, state));
        try {
            return reader.get();
        } finally {
            trial.remove();
        }
    }

    /** Lets states come into force from now on: everything that has to check them is in place. */
    public synchronized void letGo() {
        released = true;
        subscriptions.values().forEach(each -> each.hold().close());
    }

    /** Ends the subscriptions and the connection; what was read last stays readable. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        subscriptions.values().forEach(each -> each.config().close());
        if (client != null) client.close();
    }
}
