package dev.attune.server.http;

import dev.attune.server.auth.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Every open event stream, WebSocket, download and gRPC stream by the token that opened it, so that it is cut when the
 * token is revoked or ends, or when a group that gives it rights changes (W10). Safe to share between threads.
 */
public final class LiveStreams {
    private static final int CUTS_KEPT_MAX = 10_000;

    private final ConcurrentHashMap<String, Set<Open>> byToken = new ConcurrentHashMap<>();
    // A stream may be on its way here while its rights end; what was cut lately tells when it arrives.
    private final Map<String, Long> cuts = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > CUTS_KEPT_MAX;
        }
    });

    private static final class Open {
        private final Principal caller;
        private final Runnable closer;

        Open(Principal caller, Runnable closer) {
            this.caller = caller;
            this.closer = closer;
        }
    }

    /** Remembers how to close a caller's stream; the result forgets it. */
    public Runnable add(Principal caller, Runnable closer) {
        Open open = new Open(caller, closer);
        byToken.compute(caller.tokenId(), (id, known) -> {
            Set<Open> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(open);
            return all;
        });
        return () -> byToken.computeIfPresent(caller.tokenId(), (id, known) -> {
            known.remove(open);
            return known.isEmpty() ? null : known;
        });
    }

    /** Closes every stream of a token that was revoked at a revision. */
    public void cutToken(String tokenId, long revision) {
        cuts.put(token(tokenId), revision);
        close(byToken.getOrDefault(tokenId, Set.of()), each -> true);
    }

    /** Closes every stream whose rights come from a group that was changed at a revision. */
    public void cutGroup(String group, long revision) {
        cuts.put(group(group), revision);
        byToken.values()
                .forEach(all -> close(all, each -> each.groups().contains(group) && each.rightsRevision() < revision));
    }

    /** Closes every stream whose token has ended by then or whose rights ended on its way; called every second or so. */
    public void cutEnded(long nowMillis) {
        byToken.values().forEach(all -> close(all, each -> isOver(each, nowMillis)));
    }

    private boolean isOver(Principal caller, long nowMillis) {
        if (caller.expiresMillis() > 0 && caller.expiresMillis() <= nowMillis) return true;
        if (cuts.isEmpty()) return false;
        if (wasCut(token(caller.tokenId()), caller)) return true;
        return caller.groups().stream().anyMatch(each -> wasCut(group(each), caller));
    }

    private boolean wasCut(String what, Principal caller) {
        return cuts.getOrDefault(what, 0L) > caller.rightsRevision();
    }

    private static String token(String id) {
        return "token/" + id;
    }

    private static String group(String name) {
        return "group/" + name;
    }

    private static void close(Set<Open> all, Predicate<Principal> which) {
        for (Open each : List.copyOf(all)) if (which.test(each.caller)) each.closer.run();
    }

    /** How many streams are open. */
    public int count() {
        return byToken.values().stream().mapToInt(Set::size).sum();
    }

    /** Closes every stream. */
    public void cutAll() {
        new ArrayList<>(byToken.values()).forEach(all -> close(all, each -> true));
    }
}
