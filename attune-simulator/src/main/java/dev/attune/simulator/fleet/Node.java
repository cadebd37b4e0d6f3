package dev.attune.simulator.fleet;

import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.kv.SystemKeys;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import dev.attune.rollout.agent.Agent;
import dev.attune.rollout.agent.Due;
import dev.attune.rollout.agent.InstanceWrite;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.client.Cluster;
import dev.attune.simulator.client.Reply;
import dev.attune.simulator.client.Request;
import dev.attune.simulator.client.StreamListener;
import dev.attune.simulator.reach.RolloutMarker;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host of rollouts on one server: the agent for the instances connected here, and the coordinator while the server
 * leads. Everything it knows comes from its server's own state, and is gone with the process.
 */
final class Node {
    private static final KeyRange EVERYTHING = KeyRange.prefix(Bytes.wrap(new byte[] {0}));
    private static final long PATIENCE = 400_000;

    private final Fleet fleet;
    private final Chance chance;
    private final int number;
    private final Leading leading;
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private @Nullable Object life;
    private Agent agent = new Agent();
    private Board board = new Board();
    private Cluster.@Nullable Stream watch;
    private long revision;

    Node(Fleet fleet, Chance chance, int number) {
        this.fleet = fleet;
        this.chance = chance;
        this.number = number;
        leading = new Leading(fleet, this, chance.split());
        poll();
    }

    int number() {
        return number;
    }

    Board board() {
        return board;
    }

    long revision() {
        return revision;
    }

    boolean isAlive() {
        return life != null && fleet.centre().life(number) == life;
    }

    private void poll() {
        fleet.time().after(chance.between(4_000, 12_000), () -> {
            if (life != null && !isAlive()) die();
            if (life == null && fleet.centre().life(number) != null) start();
            if (isAlive() && !fleet.centre().isPaused(number)) {
                while (!held.isEmpty() && isAlive()) held.removeFirst().run();
                if (isAlive()) leading.advance();
            }
            poll();
        });
    }

    private void die() {
        life = null;
        held.clear();
        leading.die();
        watch = null;
        for (Session each : List.copyOf(sessions.values())) each.close();
        sessions.clear();
    }

    private void start() {
        Object begun = fleet.centre().life(number);
        life = begun;
        agent = new Agent();
        board = new Board();
        CommandResult read = fleet.centre().read(number, Operation.Range.of(EVERYTHING));
        revision = read.revision();
        if (read.result() instanceof OperationResult.Range range)
            for (KeyValue each : range.keyValues()) learn(new Event(each, null));
        agent.loaded();
        WatchSpec spec = new WatchSpec(EVERYTHING, revision + 1, false, true, true, false, 0);
        watch = fleet.centre().cluster().watch(number, spec, () -> 0, new StreamListener() {
            @Override
            public void message(WatchMessage message) {
                if (life == begun) receive(() -> watched(message));
            }

            @Override
            public void closed() {
                // The end of the process is noticed by its life.
            }
        });
    }

    /** Something has arrived; it waits while the process stands still, and is lost when it is gone. */
    void receive(Runnable what) {
        if (!isAlive()) return;
        if (fleet.centre().isPaused(number) || !held.isEmpty()) held.addLast(what);
        else what.run();
    }

    private void watched(WatchMessage message) {
        if (message instanceof WatchEvents events) {
            for (Event each : events.events()) learn(each);
            revision = events.revision();
            advance();
        } else if (message instanceof WatchMessage.Cancelled) {
            // What it had still to hear is compacted: it begins anew.
            Cluster.Stream open = watch;
            if (open != null) open.close();
            die();
        }
    }

    private void learn(Event event) {
        board.changed(event);
        if (SystemKeys.isSystem(event.keyValue().key())) agent.changed(event);
    }

    /** Sends what is new and due, writes what was answered, and moves rollouts on. */
    private void advance() {
        for (Session each : sessions.values()) update(each);
        for (Due due : agent.due()) ask(due);
        for (InstanceWrite write : agent.writes(fleet.time().now() / 1_000)) write(write);
        leading.advance();
    }

    private void update(Session to) {
        Map<Coordinate, Long> state = board.state(to.instance().ref());
        if (!state.isEmpty() && !state.equals(to.lastSent())) to.send(new Message.Update(revision, state));
    }

    private void ask(Due due) {
        Session to = sessions.get(due.subscription());
        Directive directive = due.directive();
        Board.Entry entry = board.entry(directive.rollout());
        RolloutRecord record = entry == null ? null : entry.record();
        if (to == null || record == null) return;
        TreeMap<Coordinate, Long> candidate = new TreeMap<>(Coordinates.ORDER);
        if (directive.kind() == Directive.Kind.PREPARE) {
            for (FileMove each : record.plan().files()) candidate.put(each.file(), each.after());
            if (record.phase() == dev.attune.rollout.record.Phase.PRE_COMMIT)
                fleet.reach().mark(RolloutMarker.ASKED_TO_VOTE_AGAIN);
        }
        fleet.trace().note("n" + number, directive.kind().name(), directive.rollout(), due.subscription());
        to.send(new Message.Ask(directive, candidate));
    }

    private void write(InstanceWrite write) {
        Agent of = agent;
        propose(fleet.parts().txn(write), result -> {
            if (agent != of) return;
            if (succeeded(result)) return;
            if (result != null) fleet.reach().mark(RolloutMarker.WRITE_OVERTAKEN);
            else
                fleet.time()
                        .after(
                                chance.between(5_000, 50_000),
                                () -> receive(() -> {
                                    if (agent != of) return;
                                    of.retry(write);
                                    advance();
                                }));
        });
    }

    static boolean succeeded(@Nullable CommandResult result) {
        return result != null && result.result() instanceof OperationResult.Txn txn && txn.succeeded();
    }

    // ---- sessions

    /** An instance connects; returns null when the node does not take it. */
    @Nullable Session connect(Instance instance) {
        if (!isAlive() || fleet.centre().isPaused(number)) return null;
        Session session = new Session(fleet.time(), chance.split(), fleet.newSession(), this, instance);
        sessions.put(session.id(), session);
        agent.subscribed(session.id(), "prod", instance.ref());
        boolean targeted =
                board.running().stream().anyMatch(each -> each.targets().containsKey(instance.ref()));
        if (!targeted && !board.running().isEmpty()) fleet.reach().mark(RolloutMarker.LATE_JOINER);
        advance();
        return session;
    }

    void closed(Session session) {
        if (sessions.remove(session.id()) == null) return;
        agent.unsubscribed(session.id());
        advance();
    }

    void answered(Session session, Answer answer) {
        if (!sessions.containsKey(session.id())) return;
        Board.Entry entry = board.entry(answer.rollout());
        RolloutRecord record = entry == null ? null : entry.record();
        long step = record == null ? 0 : record.step();
        if (!fleet.parts().answered(agent, session.id(), answer, step)) {
            if (answer.step() < step) fleet.reach().mark(RolloutMarker.LATE_ANSWER_REFUSED);
            return;
        }
        advance();
    }

    // ---- writes

    /**
     * Proposes a command at whoever leads, as far as this server knows.
     *
     * @param done is given the result; null when the command was refused or nobody knows what became of it
     */
    void propose(Operation operation, Consumer<@Nullable CommandResult> done) {
        int leader = fleet.centre().knownLeader(number);
        int to = fleet.centre().leads(number) || leader < 0 ? number : leader;
        Object of = life;
        boolean[] over = {false};
        Consumer<@Nullable CommandResult> once = result -> receive(() -> {
            if (over[0] || life != of) return;
            over[0] = true;
            done.accept(result);
        });
        Request.Write command = new Request.Write(CommandCodec.encode(new Command.Mutate(null, operation)));
        fleet.centre()
                .cluster()
                .request(
                        to,
                        command,
                        reply -> once.accept(reply instanceof Reply.Answer answer ? answer.result() : null));
        fleet.time().after(PATIENCE, () -> once.accept(null));
    }

    Leading leading() {
        return leading;
    }
}
