package dev.attune.client.session;

import dev.attune.model.ErrorCode;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import dev.attune.model.session.SessionProtocol;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the session protocol over several members: keeps one link up, sends calls and streams over it
 * and repeats them after a loss until their deadline.
 *
 * <p>Stepped by {@link #tick}, which a thread of the host calls every few milliseconds: deadlines, retries, pings and
 * reconnects happen there. Everything else runs on the caller's or the link's thread. Safe to share between threads.
 */
public final class Session implements AutoCloseable {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int SLOT_TRIES = 64;

    private final SessionOptions options;
    private final Connector connector;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final AtomicReferenceArray<@Nullable Call<?>> calls;
    // How many slots are taken, so that a tick does not look through all of them.
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong callIds = new AtomicLong();
    private final AtomicLong streamIds = new AtomicLong();
    private final ConcurrentHashMap<Long, Stream> streamsById = new ConcurrentHashMap<>();
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private final LinkEvents linkEvents = new LinkEvents();
    private final Set<Ticking> ticking = ConcurrentHashMap.newKeySet();

    /** The link in use, or being opened; replaced only by the ticking thread. */
    private volatile @Nullable Link link;

    private volatile @Nullable String clusterId;
    private volatile String trouble = "not connected yet";
    // By links before the present one.
    private volatile long lastHeardNanos;
    private volatile boolean closed;
    private int nextEndpoint;
    private int connectAttempts;
    private long connectAtNanos;

    public Session(SessionOptions options, Connector connector, LongSupplier nanoClock, RandomGenerator random) {
        this.options = options;
        this.connector = connector;
        this.nanoClock = nanoClock;
        this.random = random;
        this.calls = new AtomicReferenceArray<>(options.inFlightMax());
        this.clusterId = options.clusterId();
        this.nextEndpoint = random.nextInt(options.endpoints().size());
        this.connectAtNanos = nanoClock.getAsLong();
        this.lastHeardNanos = connectAtNanos;
    }

    /** Sends a call; its future completes on the link's or the ticking thread. */
    public <T> CompletableFuture<T> submit(Call<T> call) {
        if (closed) {
            call.failed(ErrorCode.UNAVAILABLE, "client is closed");
            return call;
        }
        Link current = link;
        if (current != null && current.queuedBytes() > options.queuedBytesMax()) {
            call.failed(ErrorCode.OVERLOADED, "bytes waiting to be sent: more than " + options.queuedBytesMax());
            return call;
        }
        if (!register(call)) {
            call.failed(ErrorCode.OVERLOADED, "calls in flight: " + options.inFlightMax());
            return call;
        }
        if (call.bytes.length > SessionProtocol.CLIENT_FRAME_BYTES_MAX) {
            if (take(call))
                call.failed(
                        ErrorCode.TOO_LARGE,
                        "request: " + call.bytes.length + " bytes (expected: <= "
                                + SessionProtocol.CLIENT_FRAME_BYTES_MAX + ")");
            return call;
        }
        if (current != null && current.isReady()) sendOn(current, call);
        return call;
    }

    /** Finds a free slot: the id's low bits, so that an answer finds its call without a map. */
    private boolean register(Call<?> call) {
        long now = nanoClock.getAsLong();
        for (int i = 0; i < SLOT_TRIES; i++) {
            long id = callIds.incrementAndGet();
            int slot = slot(id);
            if (calls.get(slot) != null) continue;
            call.prepare(id, now);
            if (put(slot, call)) return true;
        }
        // Old calls may sit closely together while most slots are free.
        long id = callIds.incrementAndGet();
        for (int i = 0; i < options.inFlightMax(); i++, id = callIds.incrementAndGet()) {
            if (calls.get(slot(id)) != null) continue;
            call.prepare(id, now);
            if (put(slot(id), call)) return true;
        }
        return false;
    }

    private int slot(long id) {
        return (int) id & (options.inFlightMax() - 1);
    }

    private boolean put(int slot, Call<?> call) {
        if (!calls.compareAndSet(slot, null, call)) return false;
        unanswered.incrementAndGet();
        return true;
    }

    private boolean take(Call<?> call) {
        if (!calls.compareAndSet(slot(call.id), call, null)) return false;
        unanswered.decrementAndGet();
        return true;
    }

    private static void sendOn(Link current, Call<?> call) {
        call.waitsForRetry = false;
        call.sentOn = current;
        current.send(call.bytes);
    }

    /** Opens a stream now, or as soon as there is a link. */
    public void open(Stream stream) {
        streams.add(stream);
        Link current = link;
        if (current != null && current.isReady()) openOn(current, stream);
    }

    /** Ends a stream; frames under way are no longer handed to it. */
    public void close(Stream stream) {
        if (!streams.remove(stream)) return;
        synchronized (stream) {
            streamsById.remove(stream.id, stream);
            Link current = stream.openOn;
            if (current != null) current.send(new ClientFrame.CloseStream(stream.id));
        }
    }

    /** Tells the member that {@code bytes} of the stream were dealt with. */
    public void credit(Stream stream, long bytes) {
        synchronized (stream) {
            Link current = stream.openOn;
            if (current != null) current.send(new ClientFrame.Credit(stream.id, bytes));
        }
    }

    /** Says something about an open stream; lost when there is no link. Returns whether there was one. */
    public boolean say(Stream stream, LongFunction<ClientFrame> about) {
        synchronized (stream) {
            Link current = stream.openOn;
            if (current == null || !current.isReady()) return false;
            current.send(about.apply(stream.id));
            return true;
        }
    }

    private void openOn(Link current, Stream stream) {
        synchronized (stream) {
            if (stream.openOn == current || !streams.contains(stream)) return;
            streamsById.remove(stream.id, stream);
            long id = streamIds.incrementAndGet();
            stream.id = id;
            stream.openOn = current;
            stream.waitsForReopen = false;
            streamsById.put(id, stream);
            current.send(stream.open(id));
        }
    }

    /** Does something from time to time, until it is removed. */
    public interface Ticking {
        /** Called by the ticking thread, which it must not block. */
        void tick(long nowNanos);
    }

    /** Has {@code one} called at each tick. */
    public void add(Ticking one) {
        ticking.add(one);
    }

    public void remove(Ticking one) {
        ticking.remove(one);
    }

    /** The time by the session's clock, in nanoseconds since nothing in particular. */
    public long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** Whether a member answers at the moment. */
    public boolean isConnected() {
        Link current = link;
        return current != null && current.isReady();
    }

    /** For how long no member has been heard, in nanoseconds; 0 while one answers. */
    public long silentNanos() {
        Link current = link;
        if (current != null && current.isReady()) return 0;
        long heard = current != null && current.wasReady() ? current.heardNanos : lastHeardNanos;
        return Math.max(1, nanoClock.getAsLong() - heard);
    }

    /** The cluster this session is bound to, or null before the first answer. */
    public @Nullable String clusterId() {
        return clusterId;
    }

    /** Why there is no link, for people. */
    public String trouble() {
        return trouble;
    }

    /** Deadlines, retries, pings, reconnects; called by one thread, every 5 to 50 ms. */
    public void tick() {
        long now = nanoClock.getAsLong();
        keepLink(now);
        for (Ticking each : ticking) each.tick(now);
        Link current = link;
        boolean ready = current != null && current.isReady();
        boolean waiting = false;
        // From the newest call backwards, so that few calls are found in few looks.
        int left = unanswered.get();
        long newest = callIds.get();
        for (int i = 0; left > 0 && i < calls.length(); i++) {
            Call<?> call = calls.get(slot(newest - i));
            if (call == null) continue;
            left--;
            waiting = true;
            if (now - call.deadlineNanos >= 0) expire(call);
            else if (ready && current != null) repeatIfDue(current, call, now);
        }
        if (!ready || current == null) return;
        for (Stream stream : streams) {
            if (stream.openOn != current && (!stream.waitsForReopen || now - stream.reopenAtNanos >= 0))
                openOn(current, stream);
        }
        watchSilence(current, now, waiting || !streams.isEmpty());
    }

    private void repeatIfDue(Link current, Call<?> call, long now) {
        Link last = call.sentOn;
        if (last != null && !last.isClosed()) return;
        // Without an answer the lost attempt may have been carried out; the request id makes a repeat harmless (G4).
        if (last != null && call.mutation) call.maybeDone = true;
        if (!call.waitsForRetry || now - call.retryAtNanos >= 0) sendOn(current, call);
    }

    private void expire(Call<?> call) {
        if (!take(call)) return;
        if (call.mutation && (call.maybeDone || call.sentOn != null))
            call.failed(ErrorCode.OUTCOME_UNKNOWN, "no answer within the deadline; " + trouble);
        else call.failed(ErrorCode.DEADLINE_EXCEEDED, "no answer within the deadline; " + trouble);
    }

    private void watchSilence(Link current, long now, boolean matters) {
        long silent = now - current.heardNanos;
        // An idle link is pinged too, if seldom: the member closes connections that carry nothing.
        long limit = (matters ? options.silenceMillis() : options.idleMillis()) * NANOS_PER_MILLI;
        if (silent < limit / 3 || now - current.pingedNanos < limit / 3) return;
        if (silent >= limit && current.pingedNanos - current.heardNanos > 0) {
            current.close("silent for " + silent / NANOS_PER_MILLI + " ms");
            return;
        }
        current.pingedNanos = now;
        current.send(new ClientFrame.Ping(0));
    }

    private void keepLink(long now) {
        Link current = link;
        if (closed) return;
        if (current != null && !current.isClosed()) return;
        if (current != null) {
            if (current.wasReady()) lastHeardNanos = current.heardNanos;
            link = null;
            connectAtNanos = now + options.reconnect().delayMillis(connectAttempts++, random) * NANOS_PER_MILLI;
        }
        if (now - connectAtNanos < 0) return;
        URI endpoint =
                options.endpoints().get(nextEndpoint++ % options.endpoints().size());
        Link opening = new Link(endpoint, linkEvents, nanoClock);
        link = opening;
        connector.connect(endpoint, opening).whenComplete((connection, error) -> {
            if (error != null) opening.close(endpoint.getAuthority() + ": " + rootOf(error));
            else opening.connected(connection);
        });
    }

    private static String rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        return String.valueOf(root);
    }

    @Override
    public void close() {
        closed = true;
        Link current = link;
        if (current != null) current.close("client is closed");
        for (int i = 0; i < calls.length(); i++) {
            Call<?> call = calls.get(i);
            if (call == null || !take(call)) continue;
            boolean open = call.mutation && (call.maybeDone || call.sentOn != null);
            call.failed(open ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.UNAVAILABLE, "client is closed");
        }
        streams.clear();
        streamsById.clear();
    }

    private final class LinkEvents implements Link.Owner {
        @Override
        public boolean ready(Link current, ServerFrame.Hello hello) {
            String bound = clusterId;
            if (bound != null && !bound.equals(hello.clusterId())) {
                current.close(current.endpoint().getAuthority() + ": cluster " + hello.clusterId() + " (expected: "
                        + bound + ")");
                return false;
            }
            clusterId = hello.clusterId();
            connectAttempts = 0;
            trouble = "connected to " + hello.memberId();
            long now = nanoClock.getAsLong();
            current.lastSuccessNanos = now;
            for (int i = 0; i < calls.length(); i++) {
                Call<?> call = calls.get(i);
                if (call != null) repeatIfDue(current, call, now);
            }
            for (Stream stream : streams) openOn(current, stream);
            return true;
        }

        @Override
        public void frame(Link current, ServerFrame frame) {
            if (frame instanceof ServerFrame.Result result) {
                Call<?> call = calls.get(slot(result.id()));
                if (call == null || call.id != result.id() || !take(call)) return;
                current.lastSuccessNanos = current.heardNanos;
                call.answered(result);
            } else if (frame instanceof ServerFrame.Released released) {
                Call<?> call = calls.get(slot(released.id()));
                if (call == null || call.id != released.id() || !take(call)) return;
                current.lastSuccessNanos = current.heardNanos;
                call.released(released);
            } else if (frame instanceof ServerFrame.Failure failure) {
                failed(current, failure);
            } else {
                Stream stream = streamsById.get(frame.id());
                if (stream == null || stream.openOn != current) return;
                if (frame instanceof ServerFrame.Cancelled cancelled) cancelled(stream, cancelled);
                else stream.received(frame);
            }
        }

        private void cancelled(Stream stream, ServerFrame.Cancelled frame) {
            if (frame.code().retry() == ErrorCode.Retry.NEVER) {
                streams.remove(stream);
                streamsById.remove(frame.id(), stream);
                stream.ended(frame);
                return;
            }
            synchronized (stream) {
                streamsById.remove(frame.id(), stream);
                long delay = options.retry().delayMillis(stream.attempts++, random);
                stream.reopenAtNanos = nanoClock.getAsLong() + delay * NANOS_PER_MILLI;
                stream.waitsForReopen = true;
                stream.openOn = null;
            }
        }

        private void failed(Link current, ServerFrame.Failure failure) {
            if (failure.id() == 0) {
                current.close(failure.code() + ": " + failure.message());
                return;
            }
            Call<?> call = calls.get(slot(failure.id()));
            if (call == null || call.id != failure.id()) return;
            ErrorCode code = failure.code();
            boolean repeat = code == ErrorCode.UNAVAILABLE
                    || code == ErrorCode.NOT_LEADER
                    || code == ErrorCode.OVERLOADED
                    || code == ErrorCode.OUTCOME_UNKNOWN;
            if (!repeat) {
                if (!take(call)) return;
                boolean open = call.maybeDone && !decidedByState(code);
                call.failed(open ? ErrorCode.OUTCOME_UNKNOWN : code, failure.message());
                return;
            }
            if (code == ErrorCode.OUTCOME_UNKNOWN && call.mutation) call.maybeDone = true;
            long now = nanoClock.getAsLong();
            long delay = Math.max(failure.retryAfterMillis(), options.retry().delayMillis(call.attempts++, random));
            call.retryAtNanos = now + delay * NANOS_PER_MILLI;
            call.waitsForRetry = true;
            call.sentOn = null;
            trouble = code + " from " + current.endpoint().getAuthority() + ": " + failure.message();
            // A member that can reach no majority may be the only one that cannot.
            boolean stuck = now - current.lastSuccessNanos > NANOS_PER_MILLI * 1_000;
            if (code == ErrorCode.UNAVAILABLE && stuck && options.endpoints().size() > 1) current.close(trouble);
        }

        /** Whether the code says what became of every attempt, not only of the last one. */
        private boolean decidedByState(ErrorCode code) {
            return code != ErrorCode.UNAUTHENTICATED
                    && code != ErrorCode.PERMISSION_DENIED
                    && code != ErrorCode.TOO_LARGE
                    && code != ErrorCode.NO_SPACE
                    && code != ErrorCode.DEADLINE_EXCEEDED
                    && code != ErrorCode.INTERNAL;
        }

        @Override
        public void lost(Link current, String reason) {
            trouble = reason;
        }
    }
}
