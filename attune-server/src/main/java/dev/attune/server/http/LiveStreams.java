package dev.attune.server.http;

import dev.attune.server.auth.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every open event stream, WebSocket and gRPC stream by the token that opened it, so that revoking the token cuts them,
 * and its end too (W10). Safe to share between threads.
 */
public final class LiveStreams {
    private final ConcurrentHashMap<String, Streams> byToken = new ConcurrentHashMap<>();

    /** What one token opened, and when the token ends; 0 for never. */
    private record Streams(long expiresMillis, Set<Runnable> closers) {}

    /** Remembers how to close a caller's stream; the result forgets it. */
    public Runnable add(Principal caller, Runnable closer) {
        String token = caller.tokenId();
        byToken.compute(token, (id, known) -> {
            Streams streams =
                    known == null ? new Streams(caller.expiresMillis(), ConcurrentHashMap.newKeySet()) : known;
            streams.closers().add(closer);
            return streams;
        });
        return () -> byToken.computeIfPresent(token, (id, known) -> {
            known.closers().remove(closer);
            return known.closers().isEmpty() ? null : known;
        });
    }

    /** Closes every stream of a token. */
    public void cut(String tokenId) {
        Streams streams = byToken.get(tokenId);
        if (streams != null) List.copyOf(streams.closers()).forEach(Runnable::run);
    }

    /** Closes every stream of a token that has ended by then; called every second or so. */
    public void cutExpired(long nowMillis) {
        byToken.forEach((token, streams) -> {
            if (streams.expiresMillis() > 0 && streams.expiresMillis() <= nowMillis) cut(token);
        });
    }

    /** How many streams are open. */
    public int count() {
        return byToken.values().stream()
                .mapToInt(streams -> streams.closers().size())
                .sum();
    }

    void closeAll() {
        new ArrayList<>(byToken.keySet()).forEach(this::cut);
    }
}
