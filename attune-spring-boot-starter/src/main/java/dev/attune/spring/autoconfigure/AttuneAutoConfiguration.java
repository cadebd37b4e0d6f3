package dev.attune.spring.autoconfigure;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.spring.live.LiveBeans;
import dev.attune.spring.live.LiveValues;
import dev.attune.spring.live.ReleaseSwitch;
import dev.attune.spring.source.AttuneConnection;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.ConfigurableEnvironment;

/** Properties beans and values that follow the centre, and the SDK's objects as beans. */
@AutoConfiguration
public final class AttuneAutoConfiguration {
    @Bean
    static LiveBeans attuneLiveBeans(ConfigurableEnvironment environment) {
        return new LiveBeans(AttuneConnection.of(environment));
    }

    /** For an application that imports something. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnAttuneImport.class)
    static class Imported {
        // Closed by the switch, which must go first.
        @Bean(destroyMethod = "")
        static AttuneConnection attuneConnection(ConfigurableEnvironment environment) {
            return Objects.requireNonNull(AttuneConnection.of(environment));
        }

        @Bean
        @ConditionalOnProperty(name = "attune.live.values", matchIfMissing = true)
        static LiveValues attuneLiveValues(ConfigurableListableBeanFactory factory) {
            return new LiveValues(factory);
        }

        @Bean
        ReleaseSwitch attuneReleaseSwitch(
                AttuneConnection connection,
                LiveBeans beans,
                ObjectProvider<LiveValues> values,
                ConfigurableApplicationContext context) {
            return new ReleaseSwitch(connection, beans, values.getIfAvailable(), context);
        }

        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        AttuneClient attuneClient(AttuneConnection connection) {
            return connection.client();
        }

        /** The application's own files, for typed handles and listeners of the SDK. */
        @Bean(destroyMethod = "")
        @Lazy
        @ConditionalOnMissingBean
        Config attuneConfig(AttuneConnection connection) {
            return connection.config(connection.application());
        }
    }
}
