package dev.attune.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One event, one line: {@code time=… level=… logger=… message}, a stack trace escaped at its end. */
final class LogFormat extends Formatter {
    /** Held here, since a level set on a logger that nobody holds is forgotten with it. */
    private static final Map<Logger, Level> LEVELS = Map.of(
            // Libraries tell much that no operator acts on.
            Logger.getLogger("com.alipay.sofa.jraft"), Level.WARNING,
            Logger.getLogger("io.netty"), Level.WARNING,
            Logger.getLogger("io.vertx"), Level.WARNING,
            // Warns at each first start that there is no snapshot yet.
            Logger.getLogger("com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage"), Level.SEVERE,
            // Warns of parsers generated into the Raft library. Of what peers send, only a snapshot's list of files
            // reaches them.
            Logger.getLogger("com.google.protobuf.GeneratedMessage"), Level.SEVERE);

    private LogFormat() {}

    /** Makes this the format of the process's log, on standard error. */
    static void install() {
        Logger root = Logger.getLogger("");
        for (Handler each : root.getHandlers()) root.removeHandler(each);
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new LogFormat());
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.INFO);
        LEVELS.forEach(Logger::setLevel);
    }

    @Override
    public String format(LogRecord record) {
        StringBuilder line = new StringBuilder(160)
                .append("time=")
                .append(Instant.ofEpochMilli(record.getMillis()))
                .append(" level=")
                .append(level(record.getLevel()))
                .append(" logger=")
                .append(record.getLoggerName())
                .append(' ');
        escape(line, formatMessage(record));
        if (record.getThrown() != null) {
            StringWriter trace = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(trace));
            line.append(" error=\"");
            escape(line, trace.toString());
            line.append('"');
        }
        return line.append('\n').toString();
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) return "ERROR";
        if (level.intValue() >= Level.WARNING.intValue()) return "WARN";
        return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }

    /** Control characters would let a value forge a line or steer a terminal. */
    private static void escape(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') line.append("\\n");
            else if (c == '\t') line.append(' ');
            else if (c >= ' ' && c != 0x7f) line.append(c);
        }
    }
}
