package dev.attune.server.node;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.model.kv.Operation;
import dev.attune.server.api.WitnessRoutes;
import dev.attune.server.auth.Principal;
import dev.attune.server.cluster.Member;
import dev.attune.server.http.HttpListener;
import dev.attune.server.http.LiveStreams;
import dev.attune.server.http.RouteTable;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.transport.NettyPeerTransport;
import dev.attune.transport.PeerOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that votes and keeps no data. On its disk lies the part of the log that others may still need; its port says
 * that it is up, and for everything else where to go instead. Started and closed by one thread.
 */
public final class WitnessNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessNode.class);
    private static final long TICK_MILLIS = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final NodeOptions options;
    private final AddressTable addresses = new AddressTable();
    private final MemberFile file;
    private final NettyPeerTransport transport;
    private final PeerCalls peers;
    private final ReplicatedLog log;
    private final NodeThreads threads;
    private final Vertx vertx;
    private final HttpListener listener;
    private final int apiPort;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private WitnessNode(NodeOptions options, Consumer<Throwable> onFatal) throws IOException {
        this.options = options;
        DataDirectory data = DataDirectory.open(options);
        file = new MemberFile(data.members());
        file.read().forEach(addresses::learn);
        options.peers().forEach(addresses::learn);
        options.joining().ifPresent(joining -> joining.members().forEach(addresses::learn));
        PeerOptions peer = PeerOptions.of(options.id(), data.networkId(), options.peerListen());
        transport =
                NettyPeerTransport.start(options.peerTls().map(peer::withTls).orElse(peer), addresses);
        peers = new PeerCalls(transport);
        try {
            file.write(addresses.all());
            log = LogStart.startWitness(options, data, transport, (reason, cause) -> {
                LOG.error("event=fatal reason=\"{}\"", reason, cause);
                onFatal.accept(cause);
            });
            data.begin();
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
        threads = new NodeThreads(options.id().value());
        vertx = VertxStart.vertx();
        RouteTable table = new RouteTable();
        new WitnessRoutes(this::elsewhere).mount(table);
        // Tokens are data, so nobody can be told from anybody here, and nobody is let through.
        listener = new HttpListener(
                vertx, table, token -> CompletableFuture.completedFuture(Principal.ANONYMOUS), new LiveStreams());
        try {
            apiPort = listener.listen(options.http()).join();
        } catch (CompletionException e) {
            close();
            throw new IOException(
                    "cannot listen on " + options.http().host() + ":"
                            + options.http().port(),
                    e.getCause());
        }
        threads.timer().scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Starts a witness; it votes as soon as it hears of the others.
     *
     * @param onFatal is told once when this member cannot go on: the process should end at once
     */
    public static WitnessNode start(NodeOptions options, Consumer<Throwable> onFatal) throws IOException {
        return new WitnessNode(options, onFatal);
    }

    /** Why this node does not serve, and which do. */
    private String elsewhere() {
        List<Member> others = addresses.all().stream()
                .filter(each -> !each.id().equals(options.id()))
                .toList();
        List<Member> known =
                others.stream().filter(each -> !each.apiAddress().isEmpty()).toList();
        String where = known.isEmpty()
                ? "another node of the cluster: "
                        + others.stream().map(each -> each.id().value()).collect(Collectors.joining(", "))
                : known.stream()
                        .map(each -> each.apiAddress() + " (" + each.id() + ")")
                        .collect(Collectors.joining(" or "));
        return options.id() + " is a witness: it votes and keeps no data. Connect to " + where + ".";
    }

    /** Learns where the others are, and sees to it that they know where this node is. */
    private void tick() {
        LogStatus now = log.status();
        Optional<MemberId> asked = now.leader().or(this::anybody);
        if (asked.isEmpty()) return;
        peers.members(asked.get()).whenComplete((members, failure) -> {
            if (failure == null) learnt(members, now.leader());
        });
    }

    private Optional<MemberId> anybody() {
        List<MemberId> others = addresses.all().stream()
                .map(Member::id)
                .filter(id -> !id.equals(options.id()))
                .toList();
        if (others.isEmpty()) return Optional.empty();
        return Optional.of(others.get((int) Long.remainderUnsigned(System.nanoTime() >>> 20, others.size())));
    }

    private void learnt(List<Member> members, Optional<MemberId> leader) {
        Member self = options.self(peerPort(), apiPort);
        for (Member each : members) if (!each.id().equals(options.id())) addresses.learn(each);
        try {
            file.write(addresses.all());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (leader.isEmpty()) return;
        if (members.contains(self)) {
            ready.complete(null);
            return;
        }
        Operation put = Operation.Put.of(Member.key(self.id()), self.value());
        // Seen, or tried again, at the next turn.
        peers.write(leader.get(), CommandCodec.encode(new Command.Mutate(null, put)));
    }

    /** Completes once a leader is followed and the cluster knows this node. */
    public CompletableFuture<Void> ready() {
        return ready.copy();
    }

    /** This member's view of the log. */
    public LogStatus status() {
        return log.status();
    }

    /** Where it says that it is up. */
    public int apiPort() {
        return apiPort;
    }

    /** Where members connect. */
    public int peerPort() {
        return transport.listening().getPort();
    }

    @Override
    public void close() {
        await(listener.shutdown(PATIENCE));
        threads.close();
        log.close();
        transport.close();
        await(vertx.close().toCompletionStage().toCompletableFuture());
    }

    private static void await(CompletableFuture<Void> step) {
        try {
            step.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("event=slow-shutdown reason=\"{}\"", e.toString());
        }
    }
}
