package dev.attune.spring.source;

import dev.attune.model.config.Coordinate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the application reaches the centre and who it says it is. Read once, when the first {@code attune:} import is
 * met, from whatever Spring has read until then: command line, system properties, environment variables, the bundled
 * application file.
 *
 * @param enabled Whether imports from the centre are carried out; without them the application has what is bundled.
 * @param endpoints Nodes of the centre, as host:port, http://host:port or https://host:port.
 * @param token Credential for the centre. Prefer token-file or the environment variable ATTUNE_TOKEN.
 * @param tokenFile File that holds the credential.
 * @param caFile PEM file of the authorities to trust behind https.
 * @param environment Environment whose configuration is read.
 * @param application Application whose configuration is read; spring.application.name when not given.
 * @param instance Who this process is.
 * @param start What a start without the centre does.
 * @param live What follows the centre while the application runs.
 */
@ConfigurationProperties("attune")
public record AttuneProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("127.0.0.1:7420") List<String> endpoints,
        @Nullable String token,
        @Nullable Path tokenFile,
        @Nullable Path caFile,
        @Nullable String environment,
        @Nullable String application,
        @DefaultValue Instance instance,
        @DefaultValue Start start,
        @DefaultValue Live live) {
    /**
     * Who this process is.
     *
     * @param id Unique among the running instances; host name and process id when not given.
     * @param cluster Cluster at which the lookup of files starts.
     * @param dataCentre Data centre, the second place of lookup.
     * @param ip Address by which gray rules select it.
     * @param labels Labels by which gray rules select it.
     */
    public record Instance(
            @Nullable String id,
            @DefaultValue(Coordinate.DEFAULT_CLUSTER) String cluster,
            @DefaultValue("") String dataCentre,
            @DefaultValue("") String ip,
            @DefaultValue Map<String, String> labels) {}

    /**
     * What a start without the centre does.
     *
     * @param timeout How long a start waits for the centre when there is no local copy.
     * @param localCopies Whether copies are kept to start from when the centre is away.
     * @param directory Directory of the local copies; .attune/snapshots in the home directory when not given.
     */
    public record Start(
            @DefaultValue("5s") Duration timeout,
            @DefaultValue("true") boolean localCopies,
            @Nullable Path directory) {}

    /**
     * What follows the centre while the application runs.
     *
     * @param values Whether fields and methods with @Value follow.
     * @param properties Whether beans with @ConfigurationProperties follow.
     * @param excluded Prefixes of @ConfigurationProperties that keep the values of the start.
     */
    public record Live(
            @DefaultValue("true") boolean values,
            @DefaultValue("true") boolean properties,
            @DefaultValue List<String> excluded) {}
}
