package dev.attune.simulator.state;

import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.client.Cluster;
import dev.attune.simulator.client.StreamListener;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.store.WatchHub;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The watches open at one server: its hub, stepped after commits, and for each watch a short queue that the watcher
 * empties at its own pace.
 */
public final class WatchStreams {
    private static final long PROGRESS = 250_000;

    private final EventHeap time;
    private final Chance chance;
    private final UnaryOperator<WatchSink> sinks;
    private final Reach reach;
    private final List<Stream> open = new ArrayList<>();
    private WatchHub hub;
    private boolean stepping;
    private int life;

    /**
     * @param sinks what stands between the hub and the queues
     */
    public WatchStreams(EventHeap time, Chance chance, WatchHub hub, UnaryOperator<WatchSink> sinks, Reach reach) {
        this.time = time;
        this.chance = chance;
        this.hub = hub;
        this.sinks = sinks;
        this.reach = reach;
        marks(life);
    }

    /** The server has started again with this hub. */
    public void restart(WatchHub started) {
        hub = started;
        stepping = false;
        marks(++life);
    }

    /** The server is gone, and with it every watch and what their queues held. */
    public void crash() {
        life++;
        for (Stream stream : List.copyOf(open)) {
            stream.over = true;
            time.after(chance.between(1_000, 50_000), stream.listener::closed);
        }
        open.clear();
    }

    private void marks(int of) {
        time.after(PROGRESS, () -> {
            if (of != life) return;
            hub.progress();
            step();
            marks(of);
        });
    }

    /** There may be something new to deliver. */
    public void step() {
        if (stepping) return;
        stepping = true;
        int of = life;
        time.after(chance.between(10, 400), () -> {
            if (of != life) return;
            stepping = false;
            if (hub.advance()) step();
        });
    }

    /** Opens a watch; nothing is delivered from within. */
    public Cluster.Stream open(WatchSpec spec, LongSupplier takes, StreamListener listener) {
        Stream stream = new Stream(takes, listener, 1 + chance.below(6));
        open.add(stream);
        stream.id = hub.open(spec, sinks.apply(stream::offer));
        step();
        return () -> close(stream);
    }

    private void close(Stream stream) {
        if (stream.over) return;
        stream.over = true;
        open.remove(stream);
        hub.cancel(stream.id);
    }

    /** One watch. */
    private final class Stream {
        private final LongSupplier takes;
        private final StreamListener listener;
        private final int room;
        private final ArrayDeque<WatchMessage> queue = new ArrayDeque<>();
        private long id;
        private boolean sending;
        private boolean refused;
        private boolean over;

        Stream(LongSupplier takes, StreamListener listener, int room) {
            this.takes = takes;
            this.listener = listener;
            this.room = room;
        }

        boolean offer(WatchMessage message) {
            if (over) return true;
            if (queue.size() >= room) {
                refused = true;
                reach.mark(Marker.WATCH_SINK_FULL);
                return false;
            }
            queue.addLast(message);
            send();
            return true;
        }

        private void send() {
            if (sending || queue.isEmpty()) return;
            sending = true;
            time.after(takes.getAsLong() + 200, () -> {
                sending = false;
                if (over) return;
                WatchMessage message = queue.removeFirst();
                if (refused) {
                    refused = false;
                    hub.resume(id);
                    step();
                }
                send();
                if (message instanceof WatchMessage.Cancelled) {
                    over = true;
                    open.remove(this);
                }
                listener.message(message);
            });
        }
    }
}
