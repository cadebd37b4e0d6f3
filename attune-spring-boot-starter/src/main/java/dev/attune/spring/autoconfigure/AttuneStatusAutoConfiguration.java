package dev.attune.spring.autoconfigure;

import dev.attune.spring.actuate.AttuneEndpoint;
import dev.attune.spring.actuate.AttuneStatus;
import dev.attune.spring.source.AttuneConnection;
import java.time.Clock;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** What health, metrics and the endpoint are made from, and the endpoint. */
@AutoConfiguration(after = AttuneAutoConfiguration.class)
@Conditional(OnAttuneImport.class)
public final class AttuneStatusAutoConfiguration {
    @Bean
    AttuneStatus attuneStatus(AttuneConnection connection, ConfigurableEnvironment environment) {
        return new AttuneStatus(connection, environment, Clock.systemUTC());
    }

    /** With Spring Boot's actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    @ConditionalOnAvailableEndpoint(AttuneEndpoint.class)
    static class WithEndpoint {
        @Bean
        AttuneEndpoint attuneEndpoint(AttuneStatus status) {
            return new AttuneEndpoint(status);
        }
    }
}
