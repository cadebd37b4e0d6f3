package dev.attune.simulator.client;

import dev.attune.store.WatchSpec;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The servers as their clients see them. */
public interface Cluster {
    /** The numbers of the servers a client may ask, in order; never empty. */
    List<Integer> servers();

    /** Sends a request; {@code reply} is called when an answer arrives, any number of times from 0 on. */
    void request(int server, Request request, Consumer<Reply> reply);

    /**
     * Opens a watch at a server. The listener hears of events and of the end of the connection; nothing when the server
     * cannot be reached.
     *
     * @param takes how long the watcher is busy with each message at present, in microseconds
     */
    Stream watch(int server, WatchSpec spec, LongSupplier takes, StreamListener listener);

    /** An open watch. */
    @FunctionalInterface
    interface Stream {
        void close();
    }
}
