package dev.attune.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.CodedOutputStream;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.http.Problems;
import dev.attune.v1.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a call ended, as gRPC's trailers say it. */
final class GrpcStatus {
    static final int UNIMPLEMENTED = 12;
    private static final int CODE_FIELD = 1;
    private static final int MESSAGE_FIELD = 2;
    private static final int DETAILS_FIELD = 3;
    private static final int MESSAGE_LENGTH_MAX = 1024;

    private GrpcStatus() {}

    /** The trailers of a call that was carried out. */
    static Map<String, String> ok() {
        return Map.of("grpc-status", "0");
    }

    /** The trailers of a call that nothing serves. */
    static Map<String, String> unimplemented(String message) {
        Map<String, String> trailers = new LinkedHashMap<>();
        trailers.put("grpc-status", Integer.toString(UNIMPLEMENTED));
        trailers.put("grpc-message", percent(message));
        return trailers;
    }

    /** The trailers of a failure; one that is not ours says nothing about the inside. */
    static Map<String, String> of(Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        ErrorCode code = cause instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
        String message = cause instanceof AttuneException
                ? String.valueOf(cause.getMessage())
                : "The server failed; its log names the cause.";
        if (message.length() > MESSAGE_LENGTH_MAX) message = message.substring(0, MESSAGE_LENGTH_MAX);
        Map<String, String> trailers = new LinkedHashMap<>();
        trailers.put("grpc-status", Integer.toString(number(code)));
        trailers.put("grpc-message", percent(message));
        trailers.put("grpc-status-details-bin", details(number(code), message, problem(code)));
        trailers.put("attune-code", code.name());
        trailers.put("attune-retry", code.retry().name());
        return trailers;
    }

    static Problem problem(ErrorCode code) {
        return Problem.newBuilder()
                .setCode(code.name())
                .setRetry(code.retry().name())
                .setNext(Problems.next(code))
                .build();
    }

    /**
     * gRPC's number for a code. An outcome that is not known is UNKNOWN and never UNAVAILABLE, because clients repeat
     * the latter by themselves.
     */
    static int number(ErrorCode code) {
        return switch (code) {
            case OUTCOME_UNKNOWN -> 2;
            case INVALID_ARGUMENT -> 3;
            case DEADLINE_EXCEEDED -> 4;
            case NOT_FOUND, LEASE_NOT_FOUND -> 5;
            case ALREADY_EXISTS, ALREADY_APPLIED -> 6;
            case PERMISSION_DENIED -> 7;
            case TOO_LARGE, OVERLOADED, NO_SPACE -> 8;
            case FAILED_PRECONDITION -> 9;
            case CONFLICT -> 10;
            case COMPACTED, FUTURE_REVISION -> 11;
            case INTERNAL -> 13;
            case NOT_LEADER, UNAVAILABLE -> 14;
            case UNAUTHENTICATED -> 16;
        };
    }

    /** The bytes of {@code google.rpc.Status} with one detail, in the alphabet of binary headers. */
    private static String details(int number, String message, Problem problem) {
        Any detail = Any.pack(problem);
        byte[] bytes = new byte
                [CodedOutputStream.computeInt32Size(CODE_FIELD, number)
                        + CodedOutputStream.computeStringSize(MESSAGE_FIELD, message)
                        + CodedOutputStream.computeMessageSize(DETAILS_FIELD, detail)];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeInt32(CODE_FIELD, number);
            out.writeString(MESSAGE_FIELD, message);
            out.writeMessage(DETAILS_FIELD, detail);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String percent(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each >= 0x20 && each < 0x7f && each != '%') escaped.append((char) each);
            else escaped.append(String.format("%%%02X", each));
        }
        return escaped.toString();
    }
}
