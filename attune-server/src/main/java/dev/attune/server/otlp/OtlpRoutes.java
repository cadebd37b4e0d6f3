package dev.attune.server.otlp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.signals.SignalNode;
import dev.attune.server.signals.Taken;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The receiving end of the OpenTelemetry protocol over HTTP, in both of its encodings. A request is answered when the
 * leader has taken it, so that the partial success tells what became of each point.
 */
public final class OtlpRoutes implements Routes {
    /** Most bytes of a body after inflation. */
    static final int INFLATED_BYTES_MAX = 16 << 20;

    private static final int INFLATION_GUESS = 8;
    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/x-protobuf";

    private final SignalNode signals;

    public OtlpRoutes(SignalNode signals) {
        this.signals = signals;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(
                Route.post(
                                "/v1/metrics",
                                Permission.KNOWN,
                                "exportMetrics",
                                request -> export(
                                        request,
                                        ExportMetricsServiceRequest.newBuilder(),
                                        OtlpRoutes::metrics,
                                        OtlpRoutes::metricsAnswer))
                        .body(Route.BODY_BYTES_CAP)
                        .summary(
                                "OpenTelemetry metrics (protobuf or JSON, also gzip) of instances that this token may report for."));
        table.add(
                Route.post(
                                "/v1/logs",
                                Permission.KNOWN,
                                "exportLogs",
                                request -> export(
                                        request,
                                        ExportLogsServiceRequest.newBuilder(),
                                        OtlpRoutes::logs,
                                        OtlpRoutes::logsAnswer))
                        .body(Route.BODY_BYTES_CAP)
                        .summary(
                                "OpenTelemetry logs (protobuf or JSON, also gzip) of instances that this token may report for."));
    }

    /** Reads a message of one kind. */
    @FunctionalInterface
    private interface Reader {
        Received read(Message message, Senders senders);
    }

    /** What is told when something was refused. */
    private record Refusals(long count, String why) {}

    private CompletableFuture<Reply> export(
            Request request, Message.Builder into, Reader reader, Function<Refusals, Message> answer) {
        boolean json = isJson(request);
        String encoding = request.header("Content-Encoding").orElse("");
        String environment = request.header("Attune-Environment").orElse("");
        Senders senders = new Senders(request.principal().rights(), environment);
        long room =
                Math.min(INFLATED_BYTES_MAX, (long) request.body().size() * (encoding.isEmpty() ? 1 : INFLATION_GUESS));
        return signals.working(room, () -> {
                    byte[] plain = Inflation.plain(request.body(), encoding, INFLATED_BYTES_MAX);
                    return reader.read(parse(plain, json, into), senders);
                })
                .thenCompose(received -> {
                    if (received.isForeign())
                        throw new AttuneException(ErrorCode.PERMISSION_DENIED, received.reasons() + ".");
                    return signals.take(received.batches, received.bytes()).thenApply(taken -> {
                        Refusals refusals = refusals(received, taken);
                        return json ? json(refusals, answer) : protobuf(refusals, answer);
                    });
                });
    }

    private static boolean isJson(Request request) {
        String type = request.header("Content-Type").orElse(PROTOBUF);
        if (type.startsWith(JSON)) return true;
        if (type.startsWith(PROTOBUF)) return false;
        throw new AttuneException(
                ErrorCode.INVALID_ARGUMENT,
                "Content-Type: not understood (expected: " + PROTOBUF + " or " + JSON + ")");
    }

    private static Message parse(byte[] plain, boolean json, Message.Builder into) {
        try {
            if (json) OtlpJson.read(plain, into);
            else into.mergeFrom(plain);
            return into.build();
        } catch (InvalidProtocolBufferException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "body: not the message that was expected", e);
        }
    }

    private static Refusals refusals(Received received, Taken taken) {
        long count = received.refused() + taken.refused() + taken.linesRefused();
        String why = received.reasons();
        if (taken.refused() > 0) why += (why.isEmpty() ? "" : "; ") + taken.why();
        if (taken.linesRefused() > 0)
            why += (why.isEmpty() ? "" : "; ") + taken.linesRefused() + " lines too old, too new, or of no instance";
        return new Refusals(count, why);
    }

    private static Reply protobuf(Refusals refusals, Function<Refusals, Message> answer) {
        return Reply.bytes(200, PROTOBUF, Bytes.wrap(answer.apply(refusals).toByteArray()));
    }

    private static Reply json(Refusals refusals, Function<Refusals, Message> answer) {
        ObjectNode json = Json.object();
        String count = answer.apply(refusals) instanceof ExportLogsServiceResponse
                ? "rejectedLogRecords"
                : "rejectedDataPoints";
        if (refusals.count > 0)
            json.putObject("partialSuccess")
                    .put(count, Long.toString(refusals.count))
                    .put("errorMessage", refusals.why);
        return Reply.json(200, json);
    }

    private static Received metrics(Message message, Senders senders) {
        return OtlpMetrics.read((ExportMetricsServiceRequest) message, senders);
    }

    private static Received logs(Message message, Senders senders) {
        return OtlpLogs.read((ExportLogsServiceRequest) message, senders);
    }

    private static Message metricsAnswer(Refusals refusals) {
        ExportMetricsServiceResponse.Builder answer = ExportMetricsServiceResponse.newBuilder();
        if (refusals.count > 0)
            answer.setPartialSuccess(ExportMetricsPartialSuccess.newBuilder()
                    .setRejectedDataPoints(refusals.count)
                    .setErrorMessage(refusals.why));
        return answer.build();
    }

    private static Message logsAnswer(Refusals refusals) {
        ExportLogsServiceResponse.Builder answer = ExportLogsServiceResponse.newBuilder();
        if (refusals.count > 0)
            answer.setPartialSuccess(ExportLogsPartialSuccess.newBuilder()
                    .setRejectedLogRecords(refusals.count)
                    .setErrorMessage(refusals.why));
        return answer.build();
    }
}
