package dev.attune.spring.autoconfigure;

import dev.attune.spring.actuate.AttuneMetrics;
import dev.attune.spring.actuate.AttuneStatus;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Metrics where Micrometer is. */
@AutoConfiguration(after = AttuneStatusAutoConfiguration.class)
@Conditional(OnAttuneImport.class)
@ConditionalOnClass(MeterBinder.class)
public final class AttuneMetricsAutoConfiguration {
    @Bean
    AttuneMetrics attuneMetrics(AttuneStatus status) {
        return new AttuneMetrics(status);
    }
}
