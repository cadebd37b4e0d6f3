package dev.attune.spring.autoconfigure;

import dev.attune.spring.actuate.AttuneStatus;
import dev.attune.spring.actuate.Boot4Health;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The health contribution where the actuator is that of Spring Boot 4. */
@AutoConfiguration(after = AttuneStatusAutoConfiguration.class)
@Conditional(OnAttuneImport.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("attune")
public final class AttuneBoot4HealthAutoConfiguration {
    @Bean
    Boot4Health attuneHealthIndicator(AttuneStatus status) {
        return new Boot4Health(status);
    }
}
