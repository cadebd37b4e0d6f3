package dev.attune.server.signals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Reads;
import dev.attune.transport.PeerTransport;
import dev.attune.tuning.signal.Steps;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Signals on one node. The leader keeps them; any other node hands what it takes to the leader and passes its answer on, so
 * a sender is told what became of its signals and is slowed down when they are too many. At most
 * {@value #BYTES_UNDER_WAY_MAX} bytes are under way at a node at once.
 */
public final class SignalNode implements Intake {
    static final long BYTES_UNDER_WAY_MAX = 64L << 20;
    private static final int PART_MAX = 500;
    private static final int CALL_BYTES_MAX = 2 << 20;
    private static final long LOOK_MILLIS = 200;

    private final Ground ground;
    private final SignalPeers peers;
    private final Roster roster = new Roster();
    private final Signals signals = new Signals(roster);
    private final RosterFollower follower;
    private final AtomicLong underWay = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean led = new AtomicBoolean();
    private final AtomicLong stepped = new AtomicLong();
    private final SignalAnswers answers;
    private final SettingsFollower settings;

    /**
     * What a node's signals stand on.
     *
     * @param workers runs what takes a moment
     * @param timer short tasks; must not block
     * @param status this member's view of the log
     */
    public record Ground(
            Keyspace keyspace,
            PeerTransport transport,
            Executor workers,
            ScheduledExecutorService timer,
            Supplier<LogStatus> status,
            Clock clock) {}

    public SignalNode(Ground ground) {
        this.ground = ground;
        this.peers = new SignalPeers(ground.transport());
        this.follower = new RosterFollower(
                ground.keyspace(),
                ground.workers(),
                roster,
                ground.clock(),
                left -> signals.left(left, ground.clock().millis()));
        answers = new SignalAnswers(this);
        settings = new SettingsFollower(new Reads(ground.keyspace()), signals);
    }

    /** What this node keeps while it leads. */
    public Signals signals() {
        return signals;
    }

    /** An address at which an instance says that it exposes signals. */
    public record Exposed(SignalScope scope, String instance, String address) {}

    /** Where signals are to be fetched at the moment: what was configured, and what instances say where that is wanted. */
    public List<Exposed> exposed() {
        List<Exposed> all = new ArrayList<>();
        settings.settings().forEach((scope, each) -> {
            each.targets().forEach((instance, address) -> all.add(new Exposed(scope, instance, address.toString())));
            if (!each.label().isEmpty())
                roster.labelled(scope, each.label()).forEach((instance, where) -> {
                    if (!each.targets().containsKey(instance)) all.add(new Exposed(scope, instance, where));
                });
        });
        return all;
    }

    Roster roster() {
        return roster;
    }

    Clock clock() {
        return ground.clock();
    }

    /** Begins to listen to other members and to look who leads; once. */
    public void start() {
        peers.serve(new SignalPeers.Answers() {
            @Override
            public CompletableFuture<Taken> take(List<SignalBatch> batches, long bytes) {
                requireLeading();
                return takeHere(batches, bytes);
            }

            @Override
            public CompletableFuture<Bytes> ask(Bytes question) {
                requireLeading();
                return CompletableFuture.supplyAsync(() -> answers.apply(question), ground.workers());
            }
        });
        ground.timer().scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void requireLeading() {
        if (!ground.status().get().isLeader())
            throw new AttuneException(ErrorCode.NOT_LEADER, "This node keeps no signals.");
        look();
    }

    /** Notes whether this node leads, and does what is due once a step. */
    private void look() {
        boolean leads = ground.status().get().isLeader();
        long now = ground.clock().millis();
        if (led.getAndSet(leads) != leads) {
            if (leads) {
                signals.begin(now);
            } else {
                signals.end();
                follower.stop();
            }
        }
        if (!leads) return;
        follower.start();
        long step = Steps.at(now);
        if (stepped.getAndSet(step) == step) return;
        settings.look();
        ground.workers().execute(() -> signals.step(ground.clock().millis()));
    }

    @Override
    public CompletableFuture<Taken> take(List<SignalBatch> batches, long bytes) {
        LogStatus status = ground.status().get();
        if (status.isLeader()) {
            look();
            return takeHere(batches, bytes);
        }
        MemberId leader = leader(status);
        return admitted(bytes, () -> {
            CompletableFuture<Taken> all = CompletableFuture.completedFuture(Taken.NOTHING);
            for (byte[] each : calls(SignalBatch.split(batches, PART_MAX)))
                all = all.thenCompose(so -> peers.take(leader, each).thenApply(so::plus));
            return all;
        });
    }

    private static MemberId leader(LogStatus status) {
        Optional<MemberId> leader = status.leader();
        if (leader.isEmpty()) throw new AttuneException(ErrorCode.UNAVAILABLE, "No leader is known.");
        return leader.get();
    }

    /** Parts put together to messages of bounded size. */
    private static List<byte[]> calls(List<SignalBatch> parts) {
        List<byte[]> calls = new ArrayList<>();
        int from = 0;
        long size = 0;
        for (int i = 0; i < parts.size(); i++) {
            long each = parts.get(i).bytes();
            if (i > from && size + each > CALL_BYTES_MAX) {
                calls.add(SignalBatch.encode(parts.subList(from, i)));
                from = i;
                size = 0;
            }
            size += each;
        }
        if (from < parts.size()) calls.add(SignalBatch.encode(parts.subList(from, parts.size())));
        return calls;
    }

    private CompletableFuture<Taken> takeHere(List<SignalBatch> batches, long bytes) {
        return working(bytes, () -> signals.take(batches, ground.clock().millis()));
    }

    /** Does something with what was received, on a thread that may take its time; {@code bytes} count as under way. */
    public <T> CompletableFuture<T> working(long bytes, Supplier<T> work) {
        return admitted(bytes, () -> CompletableFuture.supplyAsync(work, ground.workers()));
    }

    private <T> CompletableFuture<T> admitted(long bytes, Supplier<CompletableFuture<T>> work) {
        if (underWay.addAndGet(bytes) > BYTES_UNDER_WAY_MAX) {
            underWay.addAndGet(-bytes);
            refused.incrementAndGet();
            return CompletableFuture.failedFuture(
                    new AttuneException(ErrorCode.OVERLOADED, "Too many signals are under way at this node."));
        }
        try {
            return work.get().whenComplete((done, failure) -> underWay.addAndGet(-bytes));
        } catch (RuntimeException e) {
            underWay.addAndGet(-bytes);
            throw e;
        }
    }

    /** Has questions of a kind, which are JSON objects with {@code ask}, answered so on the leader. */
    public void answer(String kind, BiFunction<SignalScope, JsonNode, ObjectNode> answer) {
        answers.add(kind, answer);
    }

    /** Has the leader answer a question: a JSON object with {@code ask}, {@code environment}, {@code application}. */
    public CompletableFuture<Bytes> ask(Bytes question) {
        LogStatus status = ground.status().get();
        if (status.isLeader()) {
            look();
            return CompletableFuture.supplyAsync(() -> answers.apply(question), ground.workers());
        }
        return peers.ask(leader(status), question);
    }

    /** How many calls were refused because too much was under way. */
    public long refused() {
        return refused.get();
    }
}
