package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.model.session.ServerFrame;
import dev.attune.server.api.ClusterRoutes;
import dev.attune.server.api.HealthRoutes;
import dev.attune.server.api.KvRoutes;
import dev.attune.server.api.LeaseRoutes;
import dev.attune.server.api.TokenRoutes;
import dev.attune.server.api.WatchRoutes;
import dev.attune.server.audit.Audit;
import dev.attune.server.audit.AuditLog;
import dev.attune.server.audit.AuditedKeyspace;
import dev.attune.server.auth.Tokens;
import dev.attune.server.cluster.Member;
import dev.attune.server.files.FileRoutes;
import dev.attune.server.files.FileService;
import dev.attune.server.grpc.GrpcEndpoint;
import dev.attune.server.grpc.KvService;
import dev.attune.server.http.HttpListener;
import dev.attune.server.http.LiveStreams;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.instances.Instances;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.rollouts.GuardCheck;
import dev.attune.server.rollouts.RolloutNode;
import dev.attune.server.rollouts.Rollouts;
import dev.attune.server.secrets.SecretKeys;
import dev.attune.server.secrets.Secrets;
import dev.attune.server.session.SessionRoutes;
import dev.attune.server.session.SessionServices;
import dev.attune.server.subscribe.SharedSubscriptions;
import dev.attune.server.subscribe.SseRoutes;
import dev.attune.server.subscribe.Subscriptions;
import dev.attune.server.tuning.KeptSignals;
import dev.attune.server.tuning.Tuning;
import dev.attune.transport.NettyPeerTransport;
import dev.attune.transport.PeerOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole node: disk, peers, log, state and the API's port. Started and closed by one thread. */
public final class AttuneNode implements AutoCloseable {
    /** The version that clients are told. */
    public static final String VERSION = "0.1.0";

    private static final Logger LOG = LoggerFactory.getLogger(AttuneNode.class);
    private static final Duration DRAIN = Duration.ofSeconds(3);
    private static final long RETRY_MILLIS = 100;
    private static final long EXPIRY_SECONDS = 1;
    private static final int SESSION_CALLS_MAX = 1024;

    private final NodeOptions options;
    private final NettyPeerTransport transport;
    private final NodeCore core;
    private final Vertx vertx;
    private final HttpListener listener;
    private final int apiPort;
    private final Bootstrap bootstrap;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private volatile boolean closed;

    private AttuneNode(NodeOptions options, Clock clock, Consumer<Throwable> onFatal) throws IOException {
        this.options = options;
        DataDirectory data = DataDirectory.open(options);
        AddressTable addresses = new AddressTable();
        options.peers().forEach(addresses::learn);
        options.joining().ifPresent(joining -> joining.members().forEach(addresses::learn));
        PeerOptions peer = PeerOptions.of(options.id(), data.networkId(), options.peerListen());
        Secrets secrets = new Secrets(SecretKeys.read(data.secretKeys()));
        transport =
                NettyPeerTransport.start(options.peerTls().map(peer::withTls).orElse(peer), addresses);
        try {
            core = NodeCore.start(new NodeCore.Parts(
                    options.id(),
                    data.networkId(),
                    data.openStore(),
                    transport,
                    addresses,
                    machine -> startLog(data, machine, addresses, onFatal),
                    onFatal));
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
        vertx = VertxStart.vertx();
        Tokens tokens = new Tokens(core.keyspace(), clock);
        LiveStreams streams = new LiveStreams();
        tokens.onChanged(new Tokens.RightsListener() {
            @Override
            public void tokenRevoked(String tokenId, long revision) {
                streams.cutToken(tokenId, revision);
            }

            @Override
            public void groupChanged(String group, long revision) {
                streams.cutGroup(group, revision);
            }

            @Override
            public void unknown() {
                streams.cutAll();
            }
        });
        core.threads()
                .timer()
                .scheduleWithFixedDelay(() -> streams.cutEnded(clock.millis()), 1, EXPIRY_SECONDS, TimeUnit.SECONDS);
        listener = new HttpListener(vertx, table(tokens, streams, clock, secrets), tokens, streams);
        bootstrap = new Bootstrap(core.keyspace(), data.tokenFile(), options.administratorToken(), clock);
        try {
            apiPort = listener.listen(options.http()).join();
        } catch (CompletionException e) {
            close();
            throw new IOException(
                    "cannot listen on " + options.http().host() + ":"
                            + options.http().port(),
                    e.getCause());
        }
        prepare();
    }

    /**
     * Starts a node; it serves as soon as a majority of its cluster does.
     *
     * @param onFatal is told once when this member cannot go on, for instance after a failed fsync (G6): the process
     *     should end at once
     */
    public static AttuneNode start(NodeOptions options, Consumer<Throwable> onFatal) throws IOException {
        return new AttuneNode(options, Clock.systemUTC(), onFatal);
    }

    /** The same by another wall clock, which dates releases and ends tokens; nothing that must be safe rests on it. */
    static AttuneNode start(NodeOptions options, Clock clock, Consumer<Throwable> onFatal) throws IOException {
        return new AttuneNode(options, clock, onFatal);
    }

    /** How long an administrator's token that a node wrote is accepted. */
    public static Duration firstTokenValid() {
        return Bootstrap.FIRST_TOKEN_VALID;
    }

    private ReplicatedLog startLog(
            DataDirectory data, StateMachine machine, AddressTable addresses, Consumer<Throwable> onFatal)
            throws IOException {
        BiConsumer<String, Throwable> fatal = (reason, cause) -> {
            LOG.error("event=fatal reason=\"{}\"", reason, cause);
            onFatal.accept(cause);
        };
        List<MemberId> others = addresses.all().stream()
                .map(Member::id)
                .filter(id -> !id.equals(options.id()))
                .toList();
        ReplicatedLog log = LogStart.start(options, data, machine, transport, others, fatal);
        data.begin();
        return log;
    }

    private RouteTable table(Tokens tokens, LiveStreams streams, Clock clock, Secrets secrets) {
        RouteTable table = new RouteTable();
        Audit audit = new Audit(clock);
        Keyspace keys = new AuditedKeyspace(core.keyspace(), audit);
        new KvRoutes(keys).mount(table);
        new WatchRoutes(core.keyspace(), vertx).mount(table);
        new LeaseRoutes(keys, core.leases()).mount(table);
        new TokenRoutes(tokens).mount(table);
        new ClusterRoutes(core.cluster(), new AuditLog(new Reads(core.keyspace()), audit)).mount(table);
        FileService files = new FileService(
                core.keyspace(),
                clock,
                FileService.TEXT_BYTES_MAX,
                secrets,
                core.threads().readers());
        new FileRoutes(files).mount(table);
        Instances instances =
                new Instances(core.keyspace(), core.leases(), options.id().value(), clock);
        core.threads().timer().scheduleWithFixedDelay(instances::tick, 200, 200, TimeUnit.MILLISECONDS);
        LeaderTasks leader =
                new LeaderTasks(core.threads().timer(), () -> core.status().isLeader());
        Measuring measuring = new Measuring(core, transport, clock);
        Rollouts rollouts = rollouts(files, instances, audit, clock, measuring.guardCheck());
        new Domain(core.keyspace(), files, clock).mount(table, leader, instances, rollouts.service());
        rollouts.mount(table);
        measuring.mount(table, audit, rollouts, leader);
        Tuning tuning = tuning(files, rollouts, audit, clock, measuring);
        tuning.mount(table);
        leader.every(1, tuning::turn);
        NodeMetrics metrics = new NodeMetrics(core, streams, rollouts.meters(), tuning.meters());
        new HealthRoutes(core::notReady, metrics::text).mount(table);
        Subscriptions subscriptions =
                new SharedSubscriptions(core.keyspace(), core.threads().readers(), secrets);
        new SseRoutes(subscriptions, instances::follows).mount(table);
        table.guest(new GrpcEndpoint(vertx, tokens, streams, new KvService(keys, core.leases())));
        new SessionRoutes(new SessionServices(
                        keys,
                        core.leases(),
                        subscriptions,
                        tokens,
                        this::hello,
                        files,
                        new SessionServices.Fleet(instances, rollouts.voters(), measuring.signals())))
                .mount(table);
        return table;
    }

    private Rollouts rollouts(FileService files, Instances instances, Audit audit, Clock clock, GuardCheck guards) {
        RolloutNode.Ground ground = new RolloutNode.Ground(
                core.keyspace(),
                core.threads().readers(),
                core.threads().timer(),
                () -> core.status().isLeader(),
                clock);
        return new Rollouts(ground, files.writes(), instances, audit, guards);
    }

    private Tuning tuning(FileService files, Rollouts rollouts, Audit audit, Clock clock, Measuring measuring) {
        return new Tuning(new Tuning.Base(
                core.keyspace(),
                core.threads().readers(),
                files.writes(),
                rollouts.service(),
                audit,
                new KeptSignals(measuring.signals().signals(), core.threads().readers(), clock),
                core::status,
                clock));
    }

    private ServerFrame.Hello hello() {
        return new ServerFrame.Hello(
                core.clusterId(), options.id().value(), VERSION, core.revision(), SESSION_CALLS_MAX);
    }

    /** Tries until it worked: whoever leads initialises the cluster, then each node tells where it is. */
    private void prepare() {
        if (closed) return;
        CompletableFuture<Boolean> initialised;
        try {
            initialised = core.status().isLeader() ? bootstrap.initialise() : CompletableFuture.completedFuture(false);
            initialised
                    .thenCompose(first -> core.clusterId().isEmpty()
                            ? CompletableFuture.failedFuture(new IllegalStateException("not initialised yet"))
                            : bootstrap
                                    .announce(options.self(peerPort(), apiPort))
                                    .thenCompose(done -> bootstrap.ensureAdministrator())
                                    .thenApply(done -> first))
                    .whenComplete((first, failure) -> {
                        if (failure == null) ready.complete(first);
                        else again();
                    });
        } catch (RuntimeException e) {
            // Whatever failed here is tried again; the node does not count as ready meanwhile.
            again();
        }
    }

    private void again() {
        try {
            core.threads().timer().schedule(this::prepare, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            ready.completeExceptionally(e);
        }
    }

    /** Completes once the cluster is initialised and knows this node; true when this node initialised it. */
    public CompletableFuture<Boolean> ready() {
        return ready.copy();
    }

    /** Where clients connect. */
    public int apiPort() {
        return apiPort;
    }

    /** Where members connect. */
    public int peerPort() {
        return transport.listening().getPort();
    }

    /** Where the first administrator's token lies on the node that initialised the cluster. */
    public Path tokenFile() {
        return DataDirectory.tokenFile(options.dataDirectory());
    }

    /** What lies below the API, for tests and embedding. */
    public NodeCore core() {
        return core;
    }

    /** Stops accepting, hands leadership over, lets running requests end, then closes everything. Idempotent. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        await(listener.shutdown(DRAIN), DRAIN.plusSeconds(1));
        await(core.stepDown(), Duration.ofSeconds(3));
        core.close();
        transport.close();
        await(vertx.close().toCompletionStage().toCompletableFuture(), Duration.ofSeconds(3));
    }

    private static void await(CompletableFuture<Void> step, Duration atMost) {
        try {
            step.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.warn("event=slow-shutdown reason=\"{}\"", e.toString());
        }
    }

    /** Every call of the protocols beside REST, for the tests that must cover all. */
    public Set<String> guestCalls() {
        return listener.guestCalls();
    }

    /** Every route of a node, for the tests that must cover all. */
    public List<Route> routes() {
        return listener.routes();
    }
}
