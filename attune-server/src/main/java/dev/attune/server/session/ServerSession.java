package dev.attune.server.session;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ClientFrameCodec;
import dev.attune.model.session.FrameBatch;
import dev.attune.model.session.ServerFrame;
import dev.attune.model.session.ServerFrameCodec;
import dev.attune.model.session.SessionProtocol;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Principal;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.Edit;
import dev.attune.server.files.Published;
import dev.attune.server.instances.InstanceRegistry;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.UserKeys;
import dev.attune.server.rollouts.Voters;
import dev.attune.server.signals.SignalBatch;
import dev.attune.server.signals.SignalScope;
import dev.attune.server.signals.SignalSource;
import dev.attune.server.signals.Taken;
import dev.attune.server.subscribe.SharedUpdate;
import dev.attune.server.subscribe.SubscriptionMessage;
import dev.attune.server.subscribe.Subscriptions;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchSpec;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection. Frames are handled on the socket's loop, answers are added from any thread. */
final class ServerSession implements ClientFrame.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);

    /** While more than this waits for the client to read, nothing more is read from it. */
    private static final long WAITING_BYTES_PAUSE = 8 << 20;

    /** A client that asks for more than it reads is cut off at this. */
    private static final long WAITING_BYTES_MAX = 4L * SessionProtocol.SERVER_MESSAGE_BYTES_MAX;

    private static final long OVERLOADED_RETRY_MILLIS = 50;
    private static final short STATUS_MALFORMED = 1007;
    private static final short STATUS_POLICY = 1008;

    private final SessionServices services;
    private final ServerWebSocket socket;
    private final Principal principal;
    private final Outbox outbox;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final ConcurrentHashMap<Long, Feed> feeds = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Present> present = new ConcurrentHashMap<>();
    private boolean paused;
    private volatile boolean closed;

    /** What the member knows of a subscription's instance. */
    private record Present(InstanceSpec spec, InstanceRegistry.Entry entry, Voters.Seat seat) {
        void left() {
            entry.left();
            seat.left();
        }
    }

    ServerSession(SessionServices services, ServerWebSocket socket, Principal principal, Context loop) {
        this.services = services;
        this.socket = socket;
        this.principal = principal;
        this.outbox = new Outbox(socket, loop, this::drained);
    }

    void start() {
        socket.binaryMessageHandler(this::message);
        socket.textMessageHandler(text -> socket.close(STATUS_MALFORMED, "text message (expected: binary)"));
        socket.exceptionHandler(gone -> end());
        socket.endHandler(gone -> end());
        outbox.add(ServerFrameCodec.encode(services.hello().get()));
    }

    private void end() {
        if (closed) return;
        closed = true;
        outbox.close();
        feeds.values().forEach(Feed::close);
        feeds.clear();
    }

    private void message(Buffer message) {
        byte[] bytes = message.getBytes();
        try {
            if (bytes.length > SessionProtocol.CLIENT_MESSAGE_BYTES_MAX)
                throw new MalformedException("message: " + bytes.length + " bytes (expected: <= "
                        + SessionProtocol.CLIENT_MESSAGE_BYTES_MAX + ")");
            FrameBatch.read(bytes, 0, bytes.length, this::frame);
        } catch (MalformedException e) {
            socket.close(STATUS_MALFORMED, brief(e));
            end();
            return;
        }
        if (outbox.waitingBytes() > WAITING_BYTES_PAUSE && !paused) {
            paused = true;
            socket.pause();
        }
    }

    private static String brief(MalformedException e) {
        String text = String.valueOf(e.getMessage());
        return text.length() > 100 ? text.substring(0, 100) : text;
    }

    private void frame(Decoder in) {
        if (in.remaining() > SessionProtocol.CLIENT_FRAME_BYTES_MAX)
            throw new MalformedException("frame: " + in.remaining() + " bytes (expected: <= "
                    + SessionProtocol.CLIENT_FRAME_BYTES_MAX + ")");
        ClientFrameCodec.decode(in).accept(this);
    }

    /** On the loop, after a write. */
    private void drained() {
        if (closed) return;
        long waiting = outbox.waitingBytes();
        if (paused && waiting < WAITING_BYTES_PAUSE / 2) {
            paused = false;
            socket.resume();
        }
        if (waiting < Feed.WAITING_BYTES_MAX) for (Feed feed : feeds.values()) feed.resumeIfRoom();
    }

    @Override
    public void read(ClientFrame.Read frame) {
        call(frame.id(), Permission.READ, () -> {
            ReadLevel level = frame.linearizable() ? ReadLevel.LINEARIZABLE : ReadLevel.atLeast(frame.minRevision());
            return services.keyspace().read(UserKeys.confine(frame.operation()), level);
        });
    }

    @Override
    public void write(ClientFrame.Write frame) {
        call(frame.id(), Permission.PUBLISH, () -> services.keyspace()
                .writeAs(principal.name(), new Command.Mutate(frame.requestId(), UserKeys.confine(frame.operation()))));
    }

    @Override
    public void compact(ClientFrame.Compact frame) {
        call(frame.id(), Permission.ADMIN, () -> services.keyspace()
                .writeAs(principal.name(), new Command.Compact(frame.revision())));
    }

    @Override
    public void grantLease(ClientFrame.GrantLease frame) {
        call(frame.id(), Permission.PUBLISH, () -> services.keyspace()
                .writeAs(principal.name(), new Command.GrantLease(frame.leaseId(), frame.ttlMillis())));
    }

    @Override
    public void revokeLease(ClientFrame.RevokeLease frame) {
        call(frame.id(), Permission.PUBLISH, () -> services.keyspace()
                .writeAs(principal.name(), new Command.RevokeLease(frame.leaseId())));
    }

    @Override
    public void keepAlive(ClientFrame.KeepAlive frame) {
        call(frame.id(), Permission.PUBLISH, () -> services.leases()
                .keepAlive(frame.leaseId())
                .thenApply(ttl -> CommandResult.ok(0, null)));
    }

    @Override
    public void ping(ClientFrame.Ping frame) {
        outbox.add(ServerFrameCodec.encode(new ServerFrame.Pong(frame.id())));
    }

    @Override
    public void publish(ClientFrame.Publish frame) {
        start(
                frame.id(),
                () -> rights().require(
                                List.of(Verb.EDIT, Verb.RELEASE),
                                frame.file().environment(),
                                frame.file().application(),
                                frame.file().file()),
                () -> services.files()
                        .publish(frame.file(), frame.text(), edit(frame.message(), frame.base()))
                        .thenApply(done -> released(frame.id(), done)),
                this::answerFrame);
    }

    @Override
    public void rollBack(ClientFrame.RollBack frame) {
        start(
                frame.id(),
                () -> rights().require(Verb.ROLLBACK, frame.file()),
                () -> services.files()
                        .rollback(frame.file(), frame.release(), edit(frame.message(), frame.base()))
                        .thenApply(done -> released(frame.id(), done)),
                this::answerFrame);
    }

    @Override
    public void readFile(ClientFrame.ReadFile frame) {
        start(
                frame.id(),
                () -> rights().require(Verb.READ, frame.file()),
                () -> (frame.release() == 0
                                ? services.files().read(frame.file(), ReadLevel.LINEARIZABLE)
                                : services.files().read(frame.file(), frame.release(), ReadLevel.LINEARIZABLE))
                        .thenApply(view -> ServerFrameCodec.encode(
                                new ServerFrame.Released(frame.id(), view.revision(), false, view.release()))),
                this::answerFrame);
    }

    private Rights rights() {
        return principal.rights();
    }

    private Edit edit(String message, long base) {
        return Edit.by(principal.name(), message).onto(base);
    }

    private static byte[] released(long id, Published done) {
        return ServerFrameCodec.encode(new ServerFrame.Released(id, done.revision(), done.created(), done.release()));
    }

    private void call(long id, Permission needed, Supplier<CompletableFuture<CommandResult>> start) {
        start(id, () -> services.authorizer().require(principal, needed), start, this::answer);
    }

    private <T> void start(long id, Runnable check, Supplier<CompletableFuture<T>> start, Answer<T> answer) {
        if (inFlight.get() >= SessionProtocol.IN_FLIGHT_MAX) {
            outbox.add(ServerFrameCodec.encode(new ServerFrame.Failure(
                    id,
                    ErrorCode.OVERLOADED,
                    "calls in flight: " + SessionProtocol.IN_FLIGHT_MAX,
                    OVERLOADED_RETRY_MILLIS)));
            return;
        }
        try {
            check.run();
            CompletableFuture<T> started = start.get();
            inFlight.incrementAndGet();
            started.whenComplete((result, error) -> {
                inFlight.decrementAndGet();
                answer.answer(id, result, error);
            });
        } catch (AttuneException e) {
            outbox.add(failure(id, e));
        }
    }

    /** Turns how a call ended into its frame. */
    @FunctionalInterface
    private interface Answer<T> {
        void answer(long id, @Nullable T result, @Nullable Throwable error);
    }

    private void answerFrame(long id, byte @Nullable [] frame, @Nullable Throwable error) {
        if (closed) return;
        if (error != null) outbox.add(failure(id, error));
        else if (frame != null) outbox.add(frame);
    }

    private void answer(long id, @Nullable CommandResult result, @Nullable Throwable error) {
        if (closed) return;
        if (error != null) outbox.add(failure(id, error));
        else if (result == null) outbox.add(failure(id, new AttuneException(ErrorCode.INTERNAL, "no result")));
        else if (result.error() != null) outbox.add(failure(id, new AttuneException(result.error(), result.message())));
        else answer(id, result.revision(), result.result());
        if (outbox.waitingBytes() > WAITING_BYTES_MAX) {
            socket.close(STATUS_POLICY, "answers are not read");
            end();
        }
    }

    private void answer(long id, long revision, @Nullable OperationResult result) {
        byte[] frame = ServerFrameCodec.encode(new ServerFrame.Result(id, revision, result));
        if (frame.length > SessionProtocol.SERVER_MESSAGE_BYTES_MAX - 16)
            frame = failure(
                    id,
                    new AttuneException(
                            ErrorCode.TOO_LARGE, "answer: " + frame.length + " bytes; read it in parts with a limit"));
        outbox.add(frame);
    }

    private static byte[] failure(long id, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof AttuneException known) {
            long wait = known.code() == ErrorCode.OVERLOADED ? OVERLOADED_RETRY_MILLIS : 0;
            return ServerFrameCodec.encode(
                    new ServerFrame.Failure(id, known.code(), String.valueOf(known.getMessage()), wait));
        }
        LOG.error("event=session-call-failed", cause);
        return ServerFrameCodec.encode(
                new ServerFrame.Failure(id, ErrorCode.INTERNAL, "an internal error; see the server's log", 0));
    }

    @Override
    public void openWatch(ClientFrame.OpenWatch frame) {
        Runnable check = () -> services.authorizer().require(principal, Permission.READ);
        open(frame.id(), frame.credit(), check, feed -> {
            ClientFrame.Wants wants = frame.wants();
            WatchSpec spec = new WatchSpec(
                    UserKeys.range(frame.range()),
                    frame.startRevision(),
                    wants.previous(),
                    wants.puts(),
                    wants.deletes(),
                    wants.progress(),
                    wants.fragmentBytesMax());
            Keyspace.Watch watch = services.keyspace().watch(spec, feed);
            return new Feed.Source(watch::resume, watch::close);
        });
    }

    @Override
    public void subscribe(ClientFrame.Subscribe frame) {
        InstanceSpec spec = frame.instance();
        Runnable check = () -> rights().requireReadable(spec.environment(), spec.application(), frame.files());
        open(frame.id(), frame.credit(), check, feed -> {
            InstanceRegistry.Entry entry =
                    services.fleet().instances().joined(spec, Set.copyOf(frame.files()), frame.votes());
            Subscriptions.Subscription subscription = services.subscriptions()
                    .subscribe(
                            spec,
                            Set.copyOf(frame.files()),
                            rights(),
                            frame.resumeAfterRevision(),
                            message -> offered(entry, message, feed.offer(message)));
            Voters voters = frame.votes() ? services.fleet().voters() : Voters.NONE;
            Present one = new Present(spec, entry, voters.joined(spec, subscription));
            present.put(frame.id(), one);
            return new Feed.Source(subscription::resume, () -> {
                subscription.close();
                present.remove(frame.id(), one);
                one.left();
            });
        });
    }

    private static boolean offered(InstanceRegistry.Entry entry, SubscriptionMessage message, boolean taken) {
        if (taken && message instanceof SharedUpdate sent) entry.offered(sent.update());
        return taken;
    }

    @Override
    public void report(ClientFrame.Report frame) {
        Present one = present.get(frame.id());
        if (one != null) one.entry.report(frame.files(), frame.readKeys());
    }

    @Override
    public void answered(ClientFrame.Answered frame) {
        Present one = present.get(frame.id());
        if (one != null) one.seat.answered(frame.answer());
    }

    @Override
    public void measured(ClientFrame.Measured frame) {
        Present one = present.get(frame.id());
        if (one == null) return;
        InstanceSpec spec = one.spec;
        // Nothing is answered, so what may not be said is dropped; the list of sources shows that nothing comes.
        if (!rights().allows(Verb.REPORT, spec.environment(), spec.application(), "")) return;
        SignalSource source = new SignalSource(
                new SignalScope(spec.environment(), spec.application()),
                spec.id(),
                new TreeMap<>(spec.labels()),
                "sdk");
        SignalBatch batch = new SignalBatch(source, frame.measurements(), frame.lines());
        try {
            services.fleet().intake().take(List.of(batch), batch.bytes()).exceptionally(lost -> Taken.NOTHING);
        } catch (AttuneException e) {
            // Soft state: without a leader there is nobody who would want it.
            LOG.debug("event=signals-lost", e);
        }
    }

    private void open(long id, long credit, Runnable check, java.util.function.Function<Feed, Feed.Source> start) {
        Feed feed = new Feed(id, credit, outbox, () -> {
            feeds.remove(id);
            Present one = present.remove(id);
            if (one != null) one.left();
        });
        try {
            check.run();
            if (feeds.size() >= SessionProtocol.STREAMS_MAX)
                throw new AttuneException(ErrorCode.TOO_LARGE, "streams: " + SessionProtocol.STREAMS_MAX);
            if (feeds.putIfAbsent(id, feed) != null)
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "stream " + id + ": open already");
            feed.attach(start.apply(feed));
        } catch (AttuneException e) {
            feeds.remove(id, feed);
            outbox.add(ServerFrameCodec.encode(
                    new ServerFrame.Cancelled(id, e.code(), String.valueOf(e.getMessage()), 0)));
        }
    }

    @Override
    public void credit(ClientFrame.Credit frame) {
        Feed feed = feeds.get(frame.id());
        if (feed != null) feed.credit(frame.bytes());
    }

    @Override
    public void closeStream(ClientFrame.CloseStream frame) {
        Feed feed = feeds.remove(frame.id());
        if (feed != null) feed.close();
    }
}
