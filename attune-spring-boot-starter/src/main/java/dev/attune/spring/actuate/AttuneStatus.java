package dev.attune.spring.actuate;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSource;
import dev.attune.client.config.Vetoed;
import dev.attune.model.config.FileContent;
import dev.attune.spring.source.AttuneConnection;
import dev.attune.spring.source.AttunePropertySource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/** What there is to know of the connection, as plain maps. Values of keys are never shown: they may be secret. */
public final class AttuneStatus {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final AttuneConnection connection;
    private final ConfigurableEnvironment environment;
    private final Clock clock;

    public AttuneStatus(AttuneConnection connection, ConfigurableEnvironment environment, Clock clock) {
        this.connection = connection;
        this.environment = environment;
        this.clock = clock;
    }

    /** The applications that are imported from, and their subscriptions. */
    Map<String, Config> subscriptions() {
        Map<String, Config> all = new TreeMap<>();
        for (String each : connection.applications()) all.put(each, connection.config(each));
        return all;
    }

    boolean isConnected() {
        return connection.client().isConnected();
    }

    /** Whether everything that is in force comes from the centre and is being followed. */
    boolean isCurrent() {
        return subscriptions().values().stream()
                .allMatch(each -> each.staleFor().isZero());
    }

    /** The seconds for which the most outdated subscription may have been behind. */
    static double staleSeconds(Collection<Config> subscriptions) {
        long most = subscriptions.stream()
                .map(Config::staleFor)
                .mapToLong(Duration::toNanos)
                .max()
                .orElse(0);
        return (double) most / NANOS_PER_SECOND;
    }

    /** For health: a line or two for each application. */
    Map<String, Object> summary() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("connection", connection.client().connectionStatus());
        subscriptions().forEach((name, config) -> all.put(name, state(config)));
        return all;
    }

    /** For the endpoint: files, and the source of each key. */
    Map<String, Object> details() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("connected", isConnected());
        all.put("connection", connection.client().connectionStatus());
        all.put("cluster", String.valueOf(connection.client().clusterId()));
        all.put("environment", String.valueOf(connection.properties().environment()));
        Map<String, Object> applications = new LinkedHashMap<>();
        subscriptions().forEach((name, config) -> {
            Map<String, Object> state = state(config);
            state.put("files", files(config.snapshot().files().values()));
            applications.put(name, state);
        });
        all.put("applications", applications);
        all.put("propertySources", propertySources());
        all.put("keys", keys());
        return all;
    }

    private Map<String, Object> state(Config config) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("source", config.source().name());
        state.put("revision", config.revision());
        Duration stale = config.staleFor();
        if (!stale.isZero() && config.source() != ConfigSource.NONE)
            state.put("staleSince", clock.instant().minus(stale).toString());
        state.put("applied", config.appliedCount());
        state.put("rejected", config.vetoedCount());
        config.vetoed().ifPresent(vetoed -> state.put("rejectedNow", rejected(vetoed)));
        config.failure().ifPresent(failure -> state.put("failure", failure.code() + ": " + failure.getMessage()));
        return state;
    }

    private static Map<String, Object> rejected(Vetoed vetoed) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("releases", vetoed.releases());
        state.put("reason", vetoed.reason());
        state.put("at", Instant.ofEpochMilli(vetoed.atMillis()).toString());
        return state;
    }

    private static Map<String, Object> files(Collection<FileContent> files) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (FileContent each : files)
            all.put(each.file(), Map.of("release", each.release(), "cluster", each.cluster()));
        return all;
    }

    private List<AttunePropertySource> sources() {
        List<AttunePropertySource> all = new ArrayList<>();
        for (PropertySource<?> each : environment.getPropertySources())
            if (each instanceof AttunePropertySource source) all.add(source);
        return all;
    }

    private Map<String, Object> propertySources() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (AttunePropertySource each : sources())
            all.put(each.getName(), each.files().stream().map(FileContent::file).toList());
        return all;
    }

    /** For each key that the centre has: where the value that the application reads comes from. */
    private Map<String, String> keys() {
        Map<String, String> all = new TreeMap<>();
        for (AttunePropertySource source : sources())
            for (String key : source.getPropertyNames()) all.computeIfAbsent(key, this::origin);
        return all;
    }

    private String origin(String key) {
        if (!ConfigurationPropertyName.isValid(key)) return "not a name that Spring binds";
        ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
        for (ConfigurationPropertySource each : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = each.getConfigurationProperty(name);
            if (property == null) continue;
            if (property.getOrigin() != null) return property.getOrigin().toString();
            return each.getUnderlyingSource() instanceof PropertySource<?> source ? source.getName() : each.toString();
        }
        return "nowhere";
    }
}
