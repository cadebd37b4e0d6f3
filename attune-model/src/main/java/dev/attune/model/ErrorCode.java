package dev.attune.model;

/**
 * Why a request failed and what its caller may safely do next. Numbers are wire-stable and never reused; names are
 * the stable codes of problem documents and JSON output.
 */
public enum ErrorCode {
    /** The request is malformed or out of bounds; repeating it unchanged fails again. */
    INVALID_ARGUMENT(1, Retry.NEVER),
    /** The addressed thing does not exist. */
    NOT_FOUND(2, Retry.NEVER),
    /** A compare, base release or expected value did not match. */
    CONFLICT(3, Retry.NEVER),
    /** The revision asked for was compacted; the message names the oldest one left. */
    COMPACTED(4, Retry.NEVER),
    /** The revision asked for does not exist yet. */
    FUTURE_REVISION(5, Retry.NEVER),
    /** A lease is unknown or has ended. */
    LEASE_NOT_FOUND(6, Retry.NEVER),
    /** A lease id, member or name is taken. */
    ALREADY_EXISTS(7, Retry.NEVER),
    /** Larger than a limit allows. */
    TOO_LARGE(8, Retry.NEVER),
    /** No or an unknown credential. */
    UNAUTHENTICATED(9, Retry.NEVER),
    /** Known, but not allowed. */
    PERMISSION_DENIED(10, Retry.NEVER),
    /** This member is not the leader; certainly not applied. */
    NOT_LEADER(11, Retry.SAFE),
    /** No leader or no majority reachable; certainly not applied. */
    UNAVAILABLE(12, Retry.SAFE),
    /** Refused by admission control before anything was done; wait as told. */
    OVERLOADED(13, Retry.SAFE),
    /** May or may not have been applied: repeat only with the same request id. */
    OUTCOME_UNKNOWN(14, Retry.ONLY_IF_IDEMPOTENT),
    /** No space left for new data; reads, deletes and compaction go on. */
    NO_SPACE(15, Retry.SAFE),
    /** The state does not allow the call now (for instance one membership change at a time). */
    FAILED_PRECONDITION(16, Retry.NEVER),
    /** The request was applied before under this id, but its full result is no longer kept. */
    ALREADY_APPLIED(17, Retry.NEVER),
    /** A bug or damaged data on the server; the message carries what to report. */
    INTERNAL(18, Retry.ONLY_IF_IDEMPOTENT),
    /** Not completed within the caller's deadline and certainly not applied. */
    DEADLINE_EXCEEDED(19, Retry.SAFE);

    /** Whether repeating the request could apply it twice. */
    public enum Retry {
        SAFE,
        ONLY_IF_IDEMPOTENT,
        NEVER
    }

    private static final ErrorCode[] BY_NUMBER = new ErrorCode[values().length + 1];

    static {
        for (ErrorCode code : values()) BY_NUMBER[code.number] = code;
    }

    private final int number;
    private final Retry retry;

    ErrorCode(int number, Retry retry) {
        this.number = number;
        this.retry = retry;
    }

    /** The code with this wire number; {@link #INTERNAL} for one that a newer peer made up. */
    public static ErrorCode of(int number) {
        return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : INTERNAL;
    }

    public int number() {
        return number;
    }

    public Retry retry() {
        return retry;
    }
}
