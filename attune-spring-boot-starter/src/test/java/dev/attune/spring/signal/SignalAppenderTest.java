package dev.attune.spring.signal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.attune.client.signal.Signals;
import dev.attune.model.signal.LogLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SignalAppenderTest {
    private final LoggerContext logging = new LoggerContext();
    private final Logger logger = logging.getLogger("orders");
    private final List<LogLine> lines = new ArrayList<>();
    private final Signals signals = new Signals(
            (measurements, logged) -> {
                lines.addAll(logged);
                return true;
            },
            Runnable::run,
            Duration.ofSeconds(10));

    @Test
    void linesOfTheLeastLevelAndAbove_areToldUntilItIsClosed() {
        try (SignalAppender appender = SignalAppender.begin(logging, signals, Level.INFO)) {
            assertThat(appender.isStarted()).isTrue();
            logger.debug("not told");
            logger.info("order {} packed", 17);
            logger.warn("slow");
        }
        logger.error("after the end");
        signals.tick(0);

        assertThat(lines).containsExactly(new LogLine(0, "INFO", "order 17 packed"), new LogLine(0, "WARN", "slow"));
        assertThat(signals.dropped()).isZero();
    }

    @Test
    void exception_isToldWithItsClassAndFirstFrames() {
        try (SignalAppender appender = SignalAppender.begin(logging, signals, Level.ERROR)) {
            assertThat(appender.isStarted()).isTrue();
            logger.error("no carrier", new IllegalStateException("away"));
        }
        signals.tick(0);

        String[] told = lines.get(0).text().split("\n", -1);
        assertThat(told[0]).isEqualTo("no carrier");
        assertThat(told[1]).isEqualTo("java.lang.IllegalStateException: away");
        assertThat(told[2]).startsWith("\tat dev.attune.spring.signal.SignalAppenderTest.");
        assertThat(told.length).isBetween(4, 10);
    }
}
