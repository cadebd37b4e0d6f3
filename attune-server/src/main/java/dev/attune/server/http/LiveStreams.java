package dev.attune.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every open event stream and WebSocket by the token that opened it, so that revoking the token cuts them (W10). */
public final class LiveStreams {
    private final ConcurrentHashMap<String, Set<Runnable>> closers = new ConcurrentHashMap<>();

    /** Remembers how to close a stream; the result forgets it. */
    Runnable add(String tokenId, Runnable closer) {
        closers.compute(tokenId, (id, all) -> {
            Set<Runnable> set = all == null ? ConcurrentHashMap.newKeySet() : all;
            set.add(closer);
            return set;
        });
        return () -> closers.computeIfPresent(tokenId, (id, all) -> {
            all.remove(closer);
            return all.isEmpty() ? null : all;
        });
    }

    /** Closes every stream of a token. */
    public void cut(String tokenId) {
        Set<Runnable> all = closers.get(tokenId);
        if (all != null) List.copyOf(all).forEach(Runnable::run);
    }

    /** How many streams are open. */
    public int count() {
        return closers.values().stream().mapToInt(Set::size).sum();
    }

    void closeAll() {
        new ArrayList<>(closers.keySet()).forEach(this::cut);
    }
}
