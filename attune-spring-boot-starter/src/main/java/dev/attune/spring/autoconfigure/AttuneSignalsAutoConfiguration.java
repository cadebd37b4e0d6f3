package dev.attune.spring.autoconfigure;

import dev.attune.spring.signal.SignalMeterRegistry;
import dev.attune.spring.source.AttuneConnection;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Tells the centre what Micrometer measures, where it is; {@code attune.signals.enabled=false} switches it off. */
@AutoConfiguration(
        after = AttuneAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        },
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@Conditional(OnAttuneImport.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnProperty(name = "attune.signals.enabled", matchIfMissing = true)
public final class AttuneSignalsAutoConfiguration {
    @Bean
    SignalMeterRegistry attuneSignalMeterRegistry(AttuneConnection connection) {
        SignalMeterRegistry registry = new SignalMeterRegistry();
        connection.signals().ifPresent(signals -> signals.source(registry));
        return registry;
    }
}
