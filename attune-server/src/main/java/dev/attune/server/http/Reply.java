package dev.attune.server.http;

import dev.attune.model.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a route answers: bytes, or a stream of events that goes on. Immutable. */
public final class Reply {
    /** Names the revision that the answer shows, or that the write produced. */
    public static final String REVISION_HEADER = "Attune-Revision";

    private final int status;
    private final List<Map.Entry<String, String>> headers;
    private final Bytes body;
    private final @Nullable Consumer<SseStream> events;
    private final @Nullable Download download;

    private Reply(
            int status,
            List<Map.Entry<String, String>> headers,
            Bytes body,
            @Nullable Consumer<SseStream> events,
            @Nullable Download download) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
        this.events = events;
        this.download = download;
    }

    /** A JSON document. */
    public static Reply json(int status, Object value) {
        return bytes(status, "application/json", Json.write(value));
    }

    public static Reply bytes(int status, String contentType, Bytes body) {
        return new Reply(status, List.of(Map.entry("Content-Type", contentType)), body, null, null);
    }

    /** Without content. */
    public static Reply empty(int status) {
        return new Reply(status, List.of(), Bytes.EMPTY, null, null);
    }

    /**
     * Server-sent events. {@code start} is called on the connection's loop once the head is written, must not block,
     * and keeps the stream to send into until it is closed.
     */
    public static Reply events(Consumer<SseStream> start) {
        return new Reply(200, List.of(Map.entry("Content-Type", "text/event-stream")), Bytes.EMPTY, start, null);
    }

    /** A body of unknown length, written by its own thread as fast as the client takes it. */
    public static Reply download(String contentType, Download download) {
        return new Reply(200, List.of(Map.entry("Content-Type", contentType)), Bytes.EMPTY, null, download);
    }

    /** With one more header; line breaks in the value are a bug and refused. */
    public Reply header(String name, String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0)
            throw new IllegalArgumentException("header " + name + ": line break in the value");
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new Reply(status, more, body, events, download);
    }

    /** With the revision header. */
    public Reply revision(long revision) {
        return header(REVISION_HEADER, Long.toString(revision));
    }

    /** Already answered. */
    public CompletableFuture<Reply> now() {
        return CompletableFuture.completedFuture(this);
    }

    int status() {
        return status;
    }

    List<Map.Entry<String, String>> headers() {
        return headers;
    }

    Bytes body() {
        return body;
    }

    @Nullable Consumer<SseStream> events() {
        return events;
    }

    @Nullable Download download() {
        return download;
    }

    /** Writes a long body. */
    @FunctionalInterface
    public interface Download {
        /** Blocks while the client is slow; a failure cuts the connection, so that the client notices. */
        void writeTo(OutputStream out) throws IOException;
    }
}
