package dev.attune.spring.live;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.client.config.ConfigSnapshot;
import dev.attune.spring.source.AttuneConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Applies releases to a running application. Before a state is in force it is tried: every properties bean is made anew
 * from it and every {@code @Value} resolved, seen by nobody. What fails vetoes the state: everything stays as it is,
 * and the centre is told why. Once it is in force, the beans are replaced at one moment, then the values are set, then
 * the event is published. All by the client's one listener thread.
 */
public final class ReleaseSwitch implements SmartInitializingSingleton, DisposableBean {
    private static final Log LOG = LogFactory.getLog(ReleaseSwitch.class);

    private final AttuneConnection connection;
    private final LiveBeans beans;
    private final @Nullable LiveValues values;
    private final ConfigurableApplicationContext context;
    private final List<Config.Registration> registrations = new ArrayList<>();
    // Used by the listener thread only.
    private @Nullable Ready ready;

    /** Everything that a state needs to be applied. */
    private record Ready(ConfigSnapshot state, Map<String, LiveScope.Made> made, List<LiveValues.Pending> values) {
        void discard() {
            made.values().forEach(LiveScope.Made::end);
        }
    }

    /** @param values null when injected values do not follow */
    public ReleaseSwitch(
            AttuneConnection connection,
            LiveBeans beans,
            @Nullable LiveValues values,
            ConfigurableApplicationContext context) {
        this.connection = connection;
        this.beans = beans;
        this.values = values;
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        // As of singletons, so that what does not bind fails the start.
        for (String name : beans.names()) {
            BeanDefinition definition = context.getBeanFactory().getBeanDefinition(name);
            if (!definition.isLazyInit()) context.getBean(name);
        }
        tellWhoKeepsWhatItHas();
        for (String application : connection.applications()) {
            Config config = connection.config(application);
            registrations.add(config.participate(new Taking(application)));
        }
        connection.letGo();
    }

    private void tellWhoKeepsWhatItHas() {
        for (String name : beans.scope().names()) {
            if (!beans.scope().isByValue(name)) continue;
            List<String> holders =
                    new ArrayList<>(List.of(context.getBeanFactory().getDependentBeans(name)));
            holders.remove(name + ".live");
            if (holders.isEmpty()) continue;
            String type = beans.scope().current(name).getClass().getSimpleName();
            LOG.info(type + " is a record or final: " + holders + " keep the instance of the start; inject Live<" + type
                    + "> to follow releases");
        }
    }

    /** The part that this application takes in how a state of one application's files comes in force. */
    private final class Taking implements ConfigParticipant {
        private final String application;

        Taking(String application) {
            this.application = application;
        }

        @Override
        public Optional<String> prepare(ConfigChange change) {
            drop();
            try {
                ready = connection.trying(
                        application, change.after(), () -> ReleaseSwitch.this.prepare(change.after()));
                return Optional.empty();
            } catch (RuntimeException e) {
                if (LOG.isDebugEnabled()) LOG.debug("a state of " + application + " does not fit", e);
                return Optional.of(Reasons.of(e));
            }
        }

        @Override
        public void apply(ConfigChange change) {
            ReleaseSwitch.this.apply(application, change);
        }

        @Override
        public void abort(ConfigChange change) {
            drop();
        }
    }

    private void drop() {
        Ready former = ready;
        ready = null;
        // It did not come: somebody else refused it, or a rollout was called off.
        if (former != null) former.discard();
    }

    private Ready prepare(ConfigSnapshot state) {
        Map<String, LiveScope.Made> made = new HashMap<>();
        try {
            for (String name : Set.copyOf(beans.scope().names()))
                made.put(name, beans.scope().tryToMake(name));
            return new Ready(state, made, values == null ? List.of() : values.resolve());
        } catch (RuntimeException e) {
            made.values().forEach(LiveScope.Made::end);
            throw e;
        }
    }

    private void apply(String application, ConfigChange change) {
        Ready now = ready;
        ready = null;
        boolean same = now != null
                && new ConfigChange(now.state(), change.after()).changedFiles().isEmpty();
        if (now != null && !same) now.discard();
        // Prepared long ago for a rollout, and another state since; or the way back of one. Reads show it already.
        if (now == null || !same) now = prepare(change.after());
        beans.scope().replace(now.made());
        for (LiveValues.Pending each : now.values()) {
            try {
                each.set();
            } catch (RuntimeException e) {
                LOG.warn("a value was not set", e);
            }
        }
        try {
            context.publishEvent(new AttuneReleaseEvent(context, application, change));
        } catch (RuntimeException e) {
            LOG.warn("a listener of a release failed", e);
        }
    }

    @Override
    public void destroy() {
        registrations.forEach(Config.Registration::close);
        connection.close();
        beans.scope().close();
    }
}
