package dev.attune.cli.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events from a body, one by one. Used by one thread. */
public final class EventStream implements AutoCloseable {
    private final BufferedReader reader;

    /** Reads from {@code body} and closes it in the end. */
    public EventStream(InputStream body) {
        this.reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /**
     * One event.
     *
     * @param id what to resume from; empty when the event has none
     * @param type its name; {@code message} when it has none
     */
    public record ServerEvent(String id, String type, String data) {}

    /** The next event, waiting for it; null at the end of the stream. Comments and heartbeats are passed over. */
    public @Nullable ServerEvent next() throws IOException {
        String id = "";
        String type = "message";
        StringBuilder data = null;
        String line;
        while ((line = reader.readLine()) != null) {
            if (line.isEmpty()) {
                if (data != null) return new ServerEvent(id, type, data.toString());
                id = "";
                type = "message";
                continue;
            }
            int colon = line.indexOf(':');
            if (colon == 0) continue;
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            if (value.startsWith(" ")) value = value.substring(1);
            switch (field) {
                case "id" -> id = value;
                case "event" -> type = value;
                case "data" ->
                    data = data == null
                            ? new StringBuilder(value)
                            : data.append('\n').append(value);
                default -> {}
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
