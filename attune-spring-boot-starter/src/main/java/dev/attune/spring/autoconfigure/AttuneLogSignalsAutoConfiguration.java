package dev.attune.spring.autoconfigure;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.attune.spring.signal.SignalAppender;
import dev.attune.spring.source.AttuneConnection;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Tells the centre what is logged, where Logback does the logging. {@code attune.signals.log-level} is the least level that
 * is told (INFO), OFF for nothing; {@code attune.signals.enabled=false} switches off all signals.
 */
@AutoConfiguration(after = AttuneAutoConfiguration.class)
@Conditional(OnAttuneImport.class)
@ConditionalOnClass(LoggerContext.class)
@ConditionalOnProperty(name = "attune.signals.enabled", matchIfMissing = true)
public final class AttuneLogSignalsAutoConfiguration {
    @Bean
    @Lazy(false)
    LogSignals attuneLogSignals(AttuneConnection connection, Environment environment) {
        Level least = Level.toLevel(environment.getProperty("attune.signals.log-level", "INFO"), Level.INFO);
        // Logback may be there and another library do the logging.
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext logging && least != Level.OFF
                ? new LogSignals(connection.signals().map(each -> SignalAppender.begin(logging, each, least)))
                : new LogSignals(Optional.empty());
    }

    /** Tells lines for as long as the application runs. */
    static final class LogSignals implements AutoCloseable {
        private final Optional<SignalAppender> appender;

        LogSignals(Optional<SignalAppender> appender) {
            this.appender = appender;
        }

        @Override
        public void close() {
            appender.ifPresent(SignalAppender::close);
        }
    }
}
