package dev.attune.spring.source;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationResolver;
import org.springframework.boot.context.config.ConfigDataLocationResolverContext;
import org.springframework.boot.context.config.Profiles;
import org.springframework.boot.context.properties.bind.Binder;

/**
 * Reads {@code spring.config.import} locations: {@code attune:} for all files of the application,
 * {@code attune:db.yaml} for one of them, {@code attune:shared/common.yaml} for a file of another application,
 * {@code attune:shared/} for all of its files. A resolver lives for one start of an application, and so makes its one
 * connection.
 */
final class AttuneConfigDataLocationResolver implements ConfigDataLocationResolver<AttuneConfigDataResource> {
    static final String PREFIX = "attune:";

    private @Nullable AttuneConnection connection;

    /** Made by Spring Boot. */
    AttuneConfigDataLocationResolver() {}

    @Override
    public boolean isResolvable(ConfigDataLocationResolverContext context, ConfigDataLocation location) {
        return location.hasPrefix(PREFIX);
    }

    @Override
    public List<AttuneConfigDataResource> resolve(
            ConfigDataLocationResolverContext context, ConfigDataLocation location) {
        AttuneConnection open = connection(context.getBinder());
        return List.of(new AttuneConfigDataResource(open, selection(open, location), location.isOptional()));
    }

    @Override
    public List<AttuneConfigDataResource> resolveProfileSpecific(
            ConfigDataLocationResolverContext context, ConfigDataLocation location, Profiles profiles) {
        AttuneConnection open = connection(context.getBinder());
        if (!open.properties().enabled()) return List.of();
        Selection plain = selection(open, location);
        List<AttuneConfigDataResource> all = new ArrayList<>();
        for (String profile : profiles)
            all.add(new AttuneConfigDataResource(open, plain.forProfile(profile), location.isOptional()));
        return all;
    }

    private AttuneConnection connection(Binder binder) {
        AttuneConnection open = connection;
        if (open == null) {
            AttuneProperties properties = binder.bindOrCreate("attune", AttuneProperties.class);
            String name = binder.bind("spring.application.name", String.class).orElse("");
            String version =
                    binder.bind("spring.application.version", String.class).orElse("");
            open = new AttuneConnection(properties, name, version);
            connection = open;
        }
        return open;
    }

    private static Selection selection(AttuneConnection open, ConfigDataLocation location) {
        String text = location.getNonPrefixedValue(PREFIX);
        int slash = text.indexOf('/');
        String application = slash < 0 ? open.application() : text.substring(0, slash);
        String file = text.substring(slash + 1);
        if (file.contains("/") || application.isEmpty())
            throw new AttuneImportException(
                    "spring.config.import: " + location + " (expected: attune:, attune:FILE, attune:APPLICATION/FILE or"
                            + " attune:APPLICATION/)",
                    "Correct the location. The environment is attune.environment, the cluster"
                            + " attune.instance.cluster.");
        return new Selection(application, file.isEmpty() ? null : file, null);
    }
}
