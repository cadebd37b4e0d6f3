package dev.attune.simulator.world;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.client.Cluster;
import dev.attune.simulator.client.Reply;
import dev.attune.simulator.client.Request;
import dev.attune.simulator.client.StreamListener;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.reach.Marker;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The servers of one run, and what happens between them and around them. */
final class World implements Cluster {
    private final Shared shared;
    private final Chance chance;
    private final List<Server> servers = new ArrayList<>();
    private final Map<Long, Integer> leaders = new HashMap<>();
    private final boolean[] dead = new boolean[WorldOptions.SERVERS_MAX];
    private Configuration configuration;
    private long configurationSince;
    private boolean healed;

    World(Shared shared, Chance chance) {
        this.shared = shared;
        this.chance = chance;
        Configuration initial = initial();
        configuration = initial;
        for (int i = 0; i < shared.options().servers(); i++) {
            boolean witness =
                    shared.options().witness() && i == shared.options().servers() - 1;
            servers.add(new Server(this, shared, chance.split(), i, initial, witness));
        }
    }

    private Configuration initial() {
        TreeSet<MemberId> voters = new TreeSet<>();
        for (int i = 0; i < shared.options().servers(); i++) voters.add(new MemberId("s" + i));
        TreeSet<MemberId> witnesses = new TreeSet<>();
        if (shared.options().witness()) {
            shared.reach().mark(Marker.WITNESS_VOTED);
            witnesses.add(voters.last());
        }
        return new Configuration(0, quorums(voters), witnesses, new TreeSet<>());
    }

    private QuorumSystem quorums(SortedSet<MemberId> voters) {
        switch (shared.options().quorums()) {
            case WEIGHTED:
                shared.reach().mark(Marker.WEIGHTED_QUORUMS);
                SortedMap<MemberId, Integer> weights = new TreeMap<>();
                for (MemberId voter : voters) weights.put(voter, 1 + chance.below(3));
                return new QuorumSystem.Weighted(weights);
            case FLEXIBLE:
                shared.reach().mark(Marker.FLEXIBLE_QUORUMS);
                int choosing = (int) chance.between(2, voters.size());
                return new QuorumSystem.Flexible(voters, voters.size() + 1 - choosing, choosing);
            default:
                return new QuorumSystem.Majority(voters);
        }
    }

    void start() {
        for (Server server : servers) server.start();
    }

    /** Adds a server that waits to be made a member; null when there is no room. */
    @Nullable Server join(boolean witness) {
        if (servers.size() >= WorldOptions.SERVERS_MAX) return null;
        if (witness) shared.reach().mark(Marker.WITNESS_JOINED);
        Server joining = new Server(this, shared, chance.split(), servers.size(), Configuration.none(), witness);
        servers.add(joining);
        joining.start();
        return joining;
    }

    // ---- who is there

    List<Server> all() {
        return servers;
    }

    @Nullable Server server(MemberId id) {
        int number = numberOf(id);
        return number < servers.size() ? servers.get(number) : null;
    }

    int numberOf(MemberId id) {
        return Integer.parseInt(id.value().substring(1));
    }

    List<Server> those(Predicate<Server> wanted) {
        List<Server> those = new ArrayList<>();
        for (Server server : servers) if (wanted.test(server)) those.add(server);
        return those;
    }

    /** The server that leads, the one of the newest configuration when several believe to; null for none. */
    @Nullable Server leader() {
        Server newest = null;
        for (Server server : servers) {
            if (server.leads()
                    && (newest == null
                            || server.machine().slot() > newest.machine().slot())) newest = server;
        }
        return newest;
    }

    /** The newest configuration that any server has ever applied, whatever it has forgotten since. */
    Configuration configuration() {
        return configuration;
    }

    boolean isMember(Server server) {
        return configuration().contains(server.id());
    }

    /** Whether any server's log is damaged and not repaired yet. */
    boolean anyDamaged() {
        for (Server server : servers) if (server.disk().isDamaged()) return true;
        return false;
    }

    boolean isDead(Server server) {
        return dead[server.number()];
    }

    // ---- what servers tell

    /** A server has applied a slot. */
    void applied(Machine machine) {
        if (machine.configuration().number() <= configuration.number()) return;
        configuration = machine.configuration();
        configurationSince = machine.slot();
    }

    void leads(Server server, Ballot ballot) {
        Integer other = leaders.putIfAbsent(ballot.round(), server.number());
        if (other != null && other != server.number())
            throw new BrokenInvariant(
                    Invariant.ONE_LEADER_PER_BALLOT, "s" + other + " and " + server.name() + " both led in " + ballot);
        if (those(Server::leads).size() > 1) shared.reach().mark(Marker.TWO_BELIEVE_TO_LEAD);
        if (server.number() >= shared.options().servers()) shared.reach().mark(Marker.JOINED_SERVER_LED);
    }

    void crashed(Server server) {
        if (those(Server::isUp).isEmpty()) shared.reach().mark(Marker.ALL_DOWN);
        for (Server other : servers) {
            if (other != server && shared.network().connected(server.number(), other.number()))
                shared.time().after(chance.between(200, 20_000), () -> {
                    if (!server.isUp()) other.deliver(new Input.Disconnected(server.id()));
                });
        }
        if (server.isRetired() || isDead(server)) return;
        long delay = healed ? chance.between(10_000, 100_000) : chance.heavyTail(100_000, 3_000_000);
        shared.time().after(delay, () -> {
            if (server.isRetired() || isDead(server)) return;
            server.disk().setFull(false);
            server.start();
        });
    }

    long clockOffset(Chance drawn) {
        if (!shared.swarm().on(FaultKind.CLOCK_OFFSET)) return 0;
        shared.counts().count(FaultKind.CLOCK_OFFSET);
        return drawn.between(0, 4_000_000_000L);
    }

    /** How a power loss treats what was not synced: all is lost, or a random part. */
    boolean losesAllUnsynced(Chance drawn) {
        boolean all = shared.swarm().on(FaultKind.LOST_UNSYNCED_WRITES) && drawn.below(2) == 0;
        if (all) shared.counts().count(FaultKind.LOST_UNSYNCED_WRITES);
        else if (shared.swarm().on(FaultKind.TORN_WRITE)) shared.counts().count(FaultKind.TORN_WRITE);
        return all;
    }

    // ---- what clients see

    @Override
    public List<Integer> servers() {
        List<Integer> numbers = new ArrayList<>();
        for (Server server : servers) if (!server.isRetired() && !isDead(server)) numbers.add(server.number());
        return numbers;
    }

    @Override
    public void request(int number, Request request, Consumer<Reply> reply) {
        shared.network().sendClient(() -> arrive(servers.get(number), request, reply));
    }

    private void arrive(Server server, Request request, Consumer<Reply> reply) {
        if (!server.isUp()) return;
        if (server.isPaused()) server.hold(() -> server.requests().take(request, reply));
        else server.requests().take(request, reply);
    }

    @Override
    public Stream watch(int number, WatchSpec spec, LongSupplier takes, StreamListener listener) {
        Server server = servers.get(number);
        if (!server.isUp() || server.isWitness()) {
            shared.time().after(5_000, listener::closed);
            return () -> {};
        }
        WatchSpec asked = shared.parts().watch(spec, server.machine().state().revision());
        return server.watches().open(asked, takes, listener);
    }

    // ---- the end of faults

    /**
     * Ends all faults. All servers come back, or all but a few that the rest can do without.
     *
     * @param quietOperator whether no membership change is under way
     */
    void heal(boolean quietOperator) {
        healed = true;
        shared.network().calm();
        boolean quiet = quietOperator && isSettled() && undecided().isEmpty();
        if (!anyDamaged() && quiet && chance.below(3) == 0) loseMinority();
        for (Server server : servers) if (!server.isRetired() && !isDead(server)) server.heal();
    }

    /** Configurations that lie on some disk and may still come into force. */
    List<Configuration> undecided() {
        long newest = configuration().number();
        List<Configuration> undecided = new ArrayList<>();
        for (Server server : servers) {
            for (Entry entry : server.disk().entries().values()) {
                if (entry.kind() != Entry.Kind.CONFIGURATION) continue;
                Configuration found = ConfigurationCodec.decode(entry.value());
                if (found.number() > newest) undecided.add(found);
            }
        }
        return undecided;
    }

    /** Switches off who is no member and needed by nobody; such a server hears of nothing new. */
    void retireRemoved() {
        List<Configuration> possible = undecided();
        for (Server server : servers) {
            boolean mayBeMember = possible.stream().anyMatch(each -> each.contains(server.id()));
            if (!server.isRetired() && !mayBeMember && mayRetire(server)) server.retire();
        }
    }

    /**
     * Whether a server is no member and the operator was told so, or could have asked: that is when an entry behind the
     * change is chosen.
     */
    boolean mayRetire(Server server) {
        return !configuration.contains(server.id()) && isSettled();
    }

    /** Whether the newest change of members is known for good to enough of them. */
    boolean isSettled() {
        return shared.ledger().chosenIndex() > configurationSince;
    }

    /** The servers whose disks say that the configuration of this number, or a later one, is chosen. */
    List<MemberId> informed(long number) {
        List<MemberId> informed = new ArrayList<>();
        for (Server other : servers)
            if (!other.disk().isDamaged() && Recovery.knownConfiguration(other.disk(), other.machine()) >= number)
                informed.add(other.id());
        return informed;
    }

    /** Broken unless a quorum of the members in force has durably noted that they are (G11). */
    void requireKnown(String reporter, Configuration inForce) {
        if (!anyDamaged() && !inForce.quorums().phase2(informed(inForce.number())))
            throw new BrokenInvariant(
                    Invariant.CHANGE_IS_KNOWN,
                    reporter + " reports " + inForce + ", of which only " + informed(inForce.number()) + " know");
    }

    private void loseMinority() {
        Configuration configuration = configuration();
        for (Server server : servers) {
            if (!configuration.isVoter(server.id()) || configuration.isWitness(server.id()) || chance.below(2) == 0)
                continue;
            dead[server.number()] = true;
            if (!goesOnWithoutDead(configuration)) dead[server.number()] = false;
        }
        for (Server server : servers) {
            if (!isDead(server)) continue;
            shared.reach().mark(Marker.MINORITY_STAYED_DEAD);
            server.crash(false);
        }
    }

    private boolean goesOnWithoutDead(Configuration configuration) {
        List<MemberId> left = new ArrayList<>();
        boolean anyState = false;
        for (MemberId voter : configuration.voters()) {
            if (dead[numberOf(voter)]) continue;
            left.add(voter);
            anyState |= !configuration.isWitness(voter);
        }
        QuorumSystem quorums = configuration.quorums();
        return anyState && quorums.phase1(left) && quorums.phase2(left) && quorums.meetsEveryPhase1(left);
    }

    /** Why the servers are not all at the end of the log yet; null when they are. */
    @Nullable String unsettled() {
        for (Server server : servers) {
            if (server.isRetired() || isDead(server) || !isMember(server)) continue;
            if (!server.isUp()) return server.name() + " is down";
            if (server.disk().damageMark()) return server.name() + " is not repaired";
            if (server.machine().slot() < shared.ledger().chosenIndex())
                return server.name() + " is at slot " + server.machine().slot() + " of "
                        + shared.ledger().chosenIndex();
        }
        return null;
    }
}
