package dev.attune.spring.autoconfigure;

import dev.attune.spring.cloud.OneConnection;
import dev.attune.spring.cloud.RefreshedWithReleases;
import dev.attune.spring.source.AttuneConnection;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.ConfigurableEnvironment;

/** Beans of the refresh scope follow releases where Spring Cloud's context is. */
@AutoConfiguration(
        after = AttuneAutoConfiguration.class,
        afterName = "org.springframework.cloud.autoconfigure.RefreshAutoConfiguration")
@Conditional(OnAttuneImport.class)
@ConditionalOnClass(RefreshScope.class)
public final class AttuneRefreshScopeAutoConfiguration {
    @Bean
    @ConditionalOnBean(RefreshScope.class)
    RefreshedWithReleases attuneRefreshedWithReleases(RefreshScope scope) {
        return new RefreshedWithReleases(scope);
    }

    @Bean
    OneConnection attuneOneConnection(AttuneConnection connection, ConfigurableEnvironment environment) {
        return new OneConnection(connection, environment);
    }
}
