package dev.attune.server.subscribe;

import dev.attune.model.config.ConfigUpdate;

/** What is noted of a subscriber. Callable from any thread; never blocks. */
public interface Follower {
    /** Of one that did not say who it is. */
    Follower NOBODY = new Follower() {
        @Override
        public void offered(ConfigUpdate update) {}

        @Override
        public void left() {}
    };

    /** It was sent this. */
    void offered(ConfigUpdate update);

    /** It ended; later calls change nothing. */
    void left();
}
