package dev.attune.server.grpc;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import dev.attune.v1.WatchCreate;
import dev.attune.v1.WatchCreated;
import dev.attune.v1.WatchEnded;
import dev.attune.v1.WatchMark;
import dev.attune.v1.WatchRequest;
import dev.attune.v1.WatchResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The watches of one call. Requests come on the connection's loop, messages of the hub on any thread. */
final class WatchStream implements GrpcMethod.Inbound {
    /** With 200 calls on a connection at the most, no client opens more than 20,000 watches on one. */
    static final int WATCHES_MAX = 100;

    private final GrpcCall call;
    private final Keyspace keyspace;
    private final Map<Long, Feed> feeds = new ConcurrentHashMap<>();

    WatchStream(GrpcCall call, Keyspace keyspace) {
        this.call = call;
        this.keyspace = keyspace;
        call.onRoom(() -> feeds.values().forEach(Feed::resumeIfRefused));
    }

    @Override
    public void message(byte[] bytes) {
        WatchRequest request = GrpcMethod.parse(WatchRequest.parser(), bytes);
        switch (request.getKindCase()) {
            case CREATE -> create(request.getCreate());
            case CANCEL -> cancel(request.getCancel().getWatchId());
            case PROGRESS -> {
                Feed feed = feeds.get(request.getProgress().getWatchId());
                if (feed != null) feed.requestProgress();
            }
            case KIND_NOT_SET ->
                throw new AttuneException(
                        ErrorCode.INVALID_ARGUMENT, "request: empty (expected: create, cancel or progress)");
        }
    }

    private void create(WatchCreate wanted) {
        long id = wanted.getWatchId();
        if (feeds.size() >= WATCHES_MAX)
            throw new AttuneException(ErrorCode.TOO_LARGE, "watches: more than " + WATCHES_MAX + " on one stream");
        if (wanted.getStartRevision() < 0 || wanted.getFragmentBytesMax() < 0)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "start_revision, fragment_bytes_max: negative");
        WatchSpec spec = new WatchSpec(
                KvMessages.keys(wanted.getKeys()),
                wanted.getStartRevision(),
                wanted.getPrevious(),
                !wanted.getNoPuts(),
                !wanted.getNoDeletes(),
                wanted.getProgress(),
                wanted.getFragmentBytesMax());
        Feed feed = new Feed(id);
        if (feeds.putIfAbsent(id, feed) != null)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "watch_id: open already");
        call.send(WatchResponse.newBuilder()
                .setWatchId(id)
                .setCreated(WatchCreated.getDefaultInstance())
                .build());
        feed.attach(keyspace.watch(spec, feed::offer));
    }

    private void cancel(long id) {
        Feed feed = feeds.remove(id);
        if (feed == null) return;
        feed.close();
        call.send(WatchResponse.newBuilder()
                .setWatchId(id)
                .setEnded(WatchEnded.getDefaultInstance())
                .build());
    }

    @Override
    public void complete() {
        call.finish();
    }

    @Override
    public void over() {
        feeds.values().forEach(Feed::close);
        feeds.clear();
    }

    /** One watch: takes messages while the call has room, so that a slow client holds bounded memory (W11). */
    private final class Feed {
        private final long id;
        private Keyspace.@Nullable Watch watch;
        private volatile boolean refused;
        private volatile boolean closed;

        Feed(long id) {
            this.id = id;
        }

        boolean offer(WatchMessage message) {
            if (closed) return true;
            if (!call.hasRoom() && !(message instanceof WatchMessage.Cancelled)) {
                refused = true;
                // Room may have come back between the look and the mark; then nobody else would see the mark.
                if (!call.hasRoom()) return false;
                refused = false;
            }
            WatchResponse.Builder response = WatchResponse.newBuilder().setWatchId(id);
            if (message instanceof WatchEvents events) response.setEvents(KvMessages.events(events));
            else if (message instanceof WatchMessage.Progress progress)
                response.setMark(WatchMark.newBuilder().setRevision(progress.revision()));
            else if (message instanceof WatchMessage.Cancelled cancelled) {
                feeds.remove(id, this);
                response.setEnded(WatchEnded.newBuilder()
                        .setProblem(GrpcStatus.problem(cancelled.code()))
                        .setMessage(cancelled.message())
                        .setCompactedRevision(cancelled.compactedRevision()));
            }
            call.send(response.build());
            return true;
        }

        void attach(Keyspace.Watch opened) {
            synchronized (this) {
                watch = opened;
            }
            if (closed) opened.close();
            else resumeIfRefused();
        }

        void resumeIfRefused() {
            Keyspace.Watch open = watch();
            if (open == null || !refused || !call.hasRoom()) return;
            refused = false;
            open.resume();
        }

        void requestProgress() {
            Keyspace.Watch open = watch();
            if (open != null) open.requestProgress();
        }

        void close() {
            closed = true;
            Keyspace.Watch open = watch();
            if (open != null) open.close();
        }

        private synchronized Keyspace.@Nullable Watch watch() {
            return watch;
        }
    }
}
