package dev.attune.server.rollouts;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/** Looks at guards before a rollout is started under them. Callable from any thread; never blocks. */
@FunctionalInterface
public interface GuardCheck {
    /** Refuses every guard: nobody judges. */
    GuardCheck NONE = (environment, applications, guards) -> CompletableFuture.failedFuture(
            new AttuneException(ErrorCode.FAILED_PRECONDITION, "guards: nobody judges rollouts here"));

    /**
     * Completes when a rollout to the instances of these applications can be judged by these guards. Fails with {@code
     * INVALID_ARGUMENT} when they cannot be read, with {@code FAILED_PRECONDITION} when too little is known yet of what
     * they measure; it is being kept from then on.
     */
    CompletableFuture<Void> check(String environment, Collection<String> applications, String guards);
}
