package dev.attune.model.session;

/** Names and bounds both ends of a session keep. Sizes are bytes. */
public final class SessionProtocol {
    /** Where a member accepts sessions. */
    public static final String PATH = "/api/v1/session";

    /** The WebSocket subprotocol; a change that an older peer cannot skip gets another name. */
    public static final String SUBPROTOCOL = "attune.v1";

    /** No frame from a client is larger, so a value of 512 KiB and a transaction of some of them fit. */
    public static final int CLIENT_FRAME_BYTES_MAX = 2 * 1024 * 1024;

    /** No message from a client is larger. */
    public static final int CLIENT_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

    /** No message from a member is larger; a larger answer is refused with {@code TOO_LARGE}. */
    public static final int SERVER_MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

    /** Gathered frames are sent as one message up to about this size, so that a large batch does not delay others. */
    public static final int BATCH_BYTES_TARGET = 256 * 1024;

    /** How many operations of one session may be unanswered; further ones are refused with {@code OVERLOADED}. */
    public static final int IN_FLIGHT_MAX = 16 * 1024;

    /** How many watches and subscriptions one session may hold together. */
    public static final int STREAMS_MAX = 1000;

    private SessionProtocol() {}
}
