package dev.attune.simulator.client;

import dev.attune.store.WatchMessage;

/** The client's end of an open watch. */
public interface StreamListener {
    void message(WatchMessage message);

    /** The connection is gone; nothing more will come. */
    void closed();
}
