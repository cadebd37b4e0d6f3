package dev.attune.spring.source;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSource;
import java.util.List;
import org.apache.commons.logging.Log;
import org.springframework.boot.context.config.ConfigData;
import org.springframework.boot.context.config.ConfigDataLoader;
import org.springframework.boot.context.config.ConfigDataLoaderContext;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.boot.logging.DeferredLogFactory;

/** Waits for the first answer, or takes the local copy, and makes property sources that follow. */
final class AttuneConfigDataLoader implements ConfigDataLoader<AttuneConfigDataResource> {
    private final Log log;

    /** Made by Spring Boot. */
    AttuneConfigDataLoader(DeferredLogFactory logs) {
        this.log = logs.getLog(AttuneConfigDataLoader.class);
    }

    @Override
    public ConfigData load(ConfigDataLoaderContext context, AttuneConfigDataResource resource) {
        AttuneConnection connection = resource.connection();
        Selection selection = resource.selection();
        if (!connection.properties().enabled()) return ConfigData.EMPTY;
        try {
            Config config = connection.config(selection.application());
            if (config.source() == ConfigSource.NONE) nothing(resource, config);
            else if (config.source() == ConfigSource.SNAPSHOT && selection.profile() == null)
                log.warn("the centre does not answer (" + connection.client().connectionStatus() + "); "
                        + selection.application() + " starts with the local copy, "
                        + config.age().toSeconds()
                        + " s old");
            AttunePropertySource source = new AttunePropertySource(connection, selection);
            boolean missing = selection.file() != null && !source.isPresent();
            if (missing
                    && !resource.isOptional()
                    && selection.profile() == null
                    && config.source() != ConfigSource.NONE) throw new ConfigDataResourceNotFoundException(resource);
            return selection.profile() == null
                    ? new ConfigData(List.of(source))
                    : new ConfigData(
                            List.of(source),
                            ConfigData.PropertySourceOptions.always(ConfigData.Option.PROFILE_SPECIFIC));
        } catch (AttuneImportException e) {
            // Nobody else will: there is no application context yet.
            connection.close();
            throw e;
        }
    }

    private void nothing(AttuneConfigDataResource resource, Config config) {
        String why = config.failure()
                .map(failure -> failure.code() + ": " + failure.getMessage())
                .orElseGet(() ->
                        "no node answers (" + resource.connection().client().connectionStatus() + ")");
        if (!resource.isOptional())
            throw new AttuneImportException(
                    resource + " could not be read from "
                            + resource.connection().properties().endpoints() + ": " + why,
                    "Check attune.endpoints, attune.token and attune.environment, and that a node runs. To start"
                            + " without the centre, import optional:attune: instead.");
        if (resource.selection().profile() == null)
            log.warn(resource + " was not read: " + why + "; starting with what is bundled");
    }
}
