package dev.attune.spring.autoconfigure;

import dev.attune.spring.actuate.AttuneStatus;
import dev.attune.spring.actuate.Boot3Health;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The health contribution where the actuator is that of Spring Boot 3. */
@AutoConfiguration(after = AttuneStatusAutoConfiguration.class)
@Conditional(OnAttuneImport.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("attune")
public final class AttuneBoot3HealthAutoConfiguration {
    @Bean
    Boot3Health attuneHealthIndicator(AttuneStatus status) {
        return new Boot3Health(status);
    }
}
