package dev.attune.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/** Failures as RFC 9457 problem documents with a stable {@code code} and what the caller should do next. */
public final class Problems {
    private Problems() {}

    /** The problem document for a failure; one that is not ours says nothing about the inside. */
    public static Reply reply(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof AttuneException known) return reply(known.code(), String.valueOf(known.getMessage()));
        return reply(ErrorCode.INTERNAL, "The server failed; its log names the cause.");
    }

    /** The problem document for a code. */
    public static Reply reply(ErrorCode code, String detail) {
        return reply(status(code), code, detail, next(code));
    }

    static Reply reply(int status, ErrorCode code, String detail, String next) {
        ObjectNode problem = Json.object();
        problem.put(
                "type",
                "urn:attune:problem:" + code.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        problem.put("title", title(code));
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("code", code.name());
        problem.put("next", next);
        problem.put("retry", code.retry().name());
        Reply reply = Reply.bytes(status, "application/problem+json", Json.write(problem));
        if (code == ErrorCode.OVERLOADED || code == ErrorCode.UNAVAILABLE || code == ErrorCode.NOT_LEADER)
            reply = reply.header("Retry-After", "1");
        if (code == ErrorCode.UNAUTHENTICATED) reply = reply.header("WWW-Authenticate", "Bearer realm=\"attune\"");
        return reply;
    }

    /** The failure itself, without the wrappers that futures put around it. */
    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
        return cause;
    }

    /** The HTTP status of a code. */
    public static int status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> 400;
            case NOT_FOUND, LEASE_NOT_FOUND -> 404;
            case CONFLICT, ALREADY_EXISTS, ALREADY_APPLIED -> 409;
            case COMPACTED, FUTURE_REVISION -> 410;
            case TOO_LARGE -> 413;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_LEADER, UNAVAILABLE -> 503;
            case OVERLOADED -> 429;
            case OUTCOME_UNKNOWN, DEADLINE_EXCEEDED -> 504;
            case NO_SPACE -> 507;
            case FAILED_PRECONDITION -> 412;
            case INTERNAL -> 500;
        };
    }

    private static String title(ErrorCode code) {
        String words = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /** What the caller should do next, in one line for people. */
    public static String next(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> "Correct the request; repeating it unchanged fails again.";
            case NOT_FOUND -> "Check the name.";
            case CONFLICT -> "Read the present state, then decide and try again.";
            case COMPACTED -> "Read the present state and go on from its revision.";
            case FUTURE_REVISION -> "Ask for a revision that exists, or leave it out for the newest.";
            case LEASE_NOT_FOUND -> "Grant a new lease.";
            case ALREADY_EXISTS -> "Choose another name, or use the existing one.";
            case TOO_LARGE -> "Make the request smaller or split it.";
            case UNAUTHENTICATED -> "Send 'Authorization: Bearer <token>' with a valid token.";
            case PERMISSION_DENIED -> "Use a token whose role allows this call.";
            case NOT_LEADER, UNAVAILABLE -> "Wait a moment and repeat, here or at another node; nothing was applied.";
            case OVERLOADED -> "Wait as Retry-After says and repeat; nothing was applied.";
            case OUTCOME_UNKNOWN ->
                "Read the state to see whether it was applied; repeat only with the same Attune-Request-Id.";
            case NO_SPACE -> "Free disk space, delete keys or compact, then repeat.";
            case FAILED_PRECONDITION -> "Bring about what the detail names, then repeat.";
            case ALREADY_APPLIED -> "Nothing: the request had its effect before. Read the state for its result.";
            case INTERNAL -> "Report the detail with the server's log.";
            case DEADLINE_EXCEEDED -> "Repeat with a longer deadline; nothing was applied.";
        };
    }
}
