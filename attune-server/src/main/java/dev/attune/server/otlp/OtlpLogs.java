package dev.attune.server.otlp;

import dev.attune.model.signal.LogLine;
import dev.attune.server.signals.SignalBatch;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.ArrayList;
import java.util.List;

/** Log records of the protocol as lines. */
final class OtlpLogs {
    private OtlpLogs() {}

    static Received read(ExportLogsServiceRequest request, Senders senders) {
        Received received = new Received();
        for (ResourceLogs each : request.getResourceLogsList()) {
            List<LogLine> lines = new ArrayList<>();
            for (ScopeLogs scope : each.getScopeLogsList())
                for (LogRecord record : scope.getLogRecordsList()) lines.add(line(record));
            senders.of(each.getResource(), lines.size(), received)
                    .ifPresent(source -> received.batches.add(new SignalBatch(source, List.of(), lines)));
        }
        return received;
    }

    private static LogLine line(LogRecord record) {
        long nanos = record.getTimeUnixNano() != 0 ? record.getTimeUnixNano() : record.getObservedTimeUnixNano();
        String text = record.getBody().getStringValue();
        for (KeyValue each : record.getAttributesList())
            if (each.getKey().equals("exception.stacktrace"))
                text = text + "\n" + each.getValue().getStringValue();
        return new LogLine(nanos / 1_000_000, level(record), text);
    }

    /** Numbers stand in groups of four, from 1 for TRACE to 24 for FATAL. */
    private static String level(LogRecord record) {
        int number = record.getSeverityNumberValue();
        if (number <= 0) return record.getSeverityText();
        if (number <= 4) return "TRACE";
        if (number <= 8) return "DEBUG";
        if (number <= 12) return "INFO";
        return number <= 16 ? "WARN" : "ERROR";
    }
}
