package dev.attune.spring.signal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.attune.client.signal.Signals;

/**
 * Tells the centre the lines that the application logs through Logback, where they are counted by level and template. Of an
 * exception go its class, message and first frames. Beside the application's own appenders, and behind the levels of its
 * loggers; never waits.
 */
public final class SignalAppender extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {
    /** More frames than the centre compares traces by. */
    private static final int FRAMES = 8;

    private final Signals signals;
    private final Level least;
    private final Logger root;

    private SignalAppender(Signals signals, Level least, Logger root) {
        this.signals = signals;
        this.least = least;
        this.root = root;
    }

    /**
     * Begins to tell what is logged from now on, until it is closed.
     *
     * @param least the least level that is told
     */
    public static SignalAppender begin(LoggerContext logging, Signals signals, Level least) {
        Logger root = logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        SignalAppender appender = new SignalAppender(signals, least, root);
        appender.setName("attune-signals");
        appender.setContext(logging);
        appender.start();
        root.addAppender(appender);
        return appender;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(least)) return;
        IThrowableProxy thrown = event.getThrowableProxy();
        String message = event.getFormattedMessage();
        signals.log(event.getLevel().toString(), thrown == null ? message : message + trace(thrown));
    }

    private static String trace(IThrowableProxy thrown) {
        StringBuilder trace = new StringBuilder("\n").append(thrown.getClassName());
        if (thrown.getMessage() != null) trace.append(": ").append(thrown.getMessage());
        StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
        for (int i = 0; i < Math.min(FRAMES, frames.length); i++)
            trace.append("\n\t").append(frames[i].getSTEAsString());
        return trace.toString();
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
    }
}
