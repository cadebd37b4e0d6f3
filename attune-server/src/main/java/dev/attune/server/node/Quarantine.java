package dev.attune.server.node;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Optional;

/** Whether this node may serve at all: once its state differs from the majority's it may not (G8). */
final class Quarantine {
    private Optional<String> reason = Optional.empty();

    /** Fails while the node may not serve. */
    void check() {
        reason().ifPresent(why -> {
            throw new AttuneException(ErrorCode.UNAVAILABLE, "This node serves nothing: " + why);
        });
    }

    /** Stops serving; true for the first reason. */
    synchronized boolean impose(String why) {
        if (reason.isPresent()) return false;
        reason = Optional.of(why);
        return true;
    }

    synchronized Optional<String> reason() {
        return reason;
    }
}
