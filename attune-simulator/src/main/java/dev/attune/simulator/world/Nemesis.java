package dev.attune.simulator.world;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.net.SimNetwork;
import dev.attune.simulator.reach.Marker;
import java.util.ArrayList;
import java.util.List;

/** Makes things go wrong, as the seed weighs them. Faults overlap. */
final class Nemesis {
    private final World world;
    private final Shared shared;
    private final Chance chance;
    private final Operator operator;
    private final Rivals rivals;
    private int total;
    private boolean stopped;

    Nemesis(World world, Shared shared, Chance chance, Operator operator) {
        this.world = world;
        this.shared = shared;
        this.chance = chance;
        this.operator = operator;
        this.rivals = new Rivals(world, shared, chance.split(), operator);
        for (FaultKind kind : FaultKind.values()) total += shared.swarm().weight(kind);
    }

    void start() {
        if (total > 0) next();
    }

    void stop() {
        stopped = true;
        rivals.stop();
    }

    private void next() {
        shared.time().after(chance.between(0, shared.swarm().gap() * 2), () -> {
            if (stopped) return;
            FaultKind kind = pick();
            if (inject(kind)) {
                shared.counts().count(kind);
                shared.trace().note("nemesis", kind.name(), 0, 0);
            }
            next();
        });
    }

    private FaultKind pick() {
        int at = chance.below(total);
        for (FaultKind kind : FaultKind.values()) {
            at -= shared.swarm().weight(kind);
            if (at < 0) return kind;
        }
        throw new IllegalStateException("weights changed");
    }

    /** Returns whether anything was done; kinds that others inject do nothing here. */
    private boolean inject(FaultKind kind) {
        return switch (kind.group()) {
            case NETWORK -> network(kind);
            case PROCESS -> process(kind);
            case DISK -> disk(kind);
            case CLOCK -> clock(kind);
            case OPERATION -> operation(kind);
            case CLIENT -> false;
        };
    }

    private long span() {
        return chance.heavyTail(150_000, 4_000_000);
    }

    private void later(Runnable end) {
        shared.time().after(span(), end);
    }

    private boolean operation(FaultKind kind) {
        switch (kind) {
            case COMPACTION:
                return operator.compact();
            case SNAPSHOT:
                List<Server> up = world.those(Server::isUp);
                if (up.isEmpty()) return false;
                chance.one(up).transfers().take();
                return true;
            case ADD_SERVER:
                return operator.add();
            case REMOVE_SERVER:
                return operator.remove();
            case RIVAL_CHANGES:
                return rivals.change();
            default:
                return operator.handOver();
        }
    }

    // ---- network

    private boolean network(FaultKind kind) {
        SimNetwork network = shared.network();
        int count = world.all().size();
        if (count < 2) return false;
        int a = chance.below(count);
        int b = (a + 1 + chance.below(count - 1)) % count;
        switch (kind) {
            case SLOW_LINK:
                network.slow(a, b, chance.heavyTail(20_000, 2_000_000));
                later(() -> network.slow(a, b, 0));
                return true;
            case ONE_WAY_CUT:
                network.cut(a, b);
                later(() -> network.mend(a, b));
                return true;
            case FLAPPING_CUT:
                flap(a, b, 3 + chance.below(8));
                return true;
            case LINK_RESET:
                network.reset(a, b);
                return true;
            case LEADERS_IN_TURN:
                return rivals.inTurn();
            case UNAWARE_LEADER:
                return rivals.unaware();
            case ISOLATION:
                int alone = chance.below(2) == 0 ? a : leaderOr(a);
                partition((from, to) -> from == alone || to == alone);
                return true;
            case SPLIT:
                long side = chance.next();
                partition((from, to) -> (side >>> from & 1) != (side >>> to & 1));
                return true;
            case BRIDGE:
                long half = chance.next();
                partition((from, to) -> from != a && to != a && (half >>> from & 1) != (half >>> to & 1));
                return true;
            default:
                return false;
        }
    }

    private int leaderOr(int other) {
        Server leader = world.leader();
        return leader == null ? other : leader.number();
    }

    private void flap(int a, int b, int times) {
        SimNetwork network = shared.network();
        if (stopped || times == 0) return;
        network.cut(a, b);
        network.cut(b, a);
        shared.time().after(chance.between(5_000, 200_000), () -> {
            network.mend(a, b);
            network.mend(b, a);
            shared.time().after(chance.between(5_000, 200_000), () -> flap(a, b, times - 1));
        });
    }

    private void partition(Cut cut) {
        SimNetwork network = shared.network();
        for (int from = 0; from < WorldOptions.SERVERS_MAX; from++)
            for (int to = 0; to < WorldOptions.SERVERS_MAX; to++)
                if (from != to && cut.between(from, to)) network.cut(from, to);
        later(network::mendAll);
    }

    /** Which links a partition cuts. */
    private interface Cut {
        boolean between(int from, int to);
    }

    // ---- processes

    private Server victim() {
        Server leader = world.leader();
        return leader != null && chance.below(5) < 2 ? leader : chance.one(world.all());
    }

    private boolean process(FaultKind kind) {
        Server victim = victim();
        if (!victim.isUp()) return false;
        switch (kind) {
            case CRASH:
                victim.crash(false);
                return true;
            case POWER_LOSS_ONE:
                victim.crash(true);
                return true;
            case POWER_LOSS_ALL:
                for (Server server : world.all()) server.crash(true);
                return true;
            case CRASH_STORM:
                for (Server server : world.all())
                    if (chance.below(2) == 0)
                        shared.time().after(chance.between(0, 100_000), () -> server.crash(chance.below(2) == 0));
                return true;
            case ORDERLY_RESTART:
                victim.resign();
                shared.time().after(chance.between(1_000, 30_000), () -> victim.crash(false));
                return true;
            case PAUSE:
                victim.pause();
                later(victim::resume);
                return true;
            case SLOW_CPU:
                victim.slowCpu(chance.between(200, 10_000));
                later(() -> victim.slowCpu(0));
                return true;
            default:
                victim.arm(point(kind), 1 + chance.below(12));
                return true;
        }
    }

    private static CrashPoint point(FaultKind kind) {
        return switch (kind) {
            case CRASH_BEFORE_WRITE -> CrashPoint.BEFORE_WRITE;
            case CRASH_AFTER_WRITE -> CrashPoint.AFTER_WRITE;
            case CRASH_BEFORE_SYNC_RETURNS -> CrashPoint.DURING_SYNC;
            case CRASH_AFTER_SYNC -> CrashPoint.AFTER_SYNC;
            case CRASH_BEFORE_SEND -> CrashPoint.BEFORE_SEND;
            case CRASH_AFTER_SEND -> CrashPoint.AFTER_SEND;
            case CRASH_WHILE_APPLYING -> CrashPoint.APPLYING;
            case CRASH_DURING_SNAPSHOT -> CrashPoint.SNAPSHOT;
            default -> throw new IllegalArgumentException(kind + " is no crash");
        };
    }

    // ---- disks

    private boolean disk(FaultKind kind) {
        Server victim = victim();
        switch (kind) {
            case SYNC_ERROR:
                victim.disk().failNext();
                return true;
            case DISK_FULL:
                victim.disk().setFull(true);
                return true;
            case SLOW_SYNC:
                victim.disk().slow(chance.heavyTail(20_000, 1_000_000));
                later(() -> victim.disk().slow(0));
                return true;
            case SYNC_STALL:
                victim.disk().stallNext(chance.between(500_000, 3_000_000));
                return true;
            case OLD_STATE_FILE:
                if (!victim.isUp()) return false;
                victim.crash(false);
                if (chance.below(2) == 0) victim.machine().losePower();
                else victim.machine().loseFile();
                return true;
            case OLD_DISK_IMAGE:
                return operator.returnRemoved();
            case BIT_FLIP:
                if (!mayBeDamaged(victim)) return false;
                victim.crash(false);
                shared.ledger().ballots().lost(victim.number());
                return victim.disk().rot();
            case EMPTY_DISK:
                if (!mayBeDamaged(victim)) return false;
                victim.crash(false);
                victim.disk().replace();
                shared.ledger().ballots().lost(victim.number());
                victim.machine().loseFile();
                shared.reach().mark(Marker.DISK_REPLACED);
                return true;
            default:
                return false;
        }
    }

    /**
     * The atlas: one damaged disk at a time, never the only one that may hold a chosen entry or know of a change of
     * members, and only where the others can go on without it, whatever becomes of such a change; witnesses alone cannot,
     * as none of them may lead.
     */
    private boolean mayBeDamaged(Server victim) {
        if (world.anyDamaged() || !victim.isUp() || !world.isMember(victim)) return false;
        Configuration configuration = world.configuration();
        List<MemberId> others = new ArrayList<>(configuration.voters());
        others.remove(victim.id());
        return operator.isIdle()
                && world.isSettled()
                && world.undecided().isEmpty()
                && others.stream().anyMatch(each -> !configuration.isWitness(each))
                && configuration.quorums().phase1(others)
                && configuration.quorums().phase2(others)
                && !configuration.quorums().phase2(List.of(victim.id()));
    }

    // ---- clocks

    private boolean clock(FaultKind kind) {
        Clock clock = victim().clock();
        switch (kind) {
            case CLOCK_FAST:
                clock.rate((int) chance.between(1_050, 3_000));
                later(() -> clock.rate(1000));
                return true;
            case CLOCK_SLOW:
                clock.rate((int) chance.between(200, 950));
                later(() -> clock.rate(1000));
                return true;
            case CLOCK_JUMP:
                clock.jump(chance.heavyTail(100_000, 3_600_000_000L));
                return true;
            case CLOCK_FROZEN:
                clock.rate(0);
                later(() -> clock.rate(1000));
                return true;
            default:
                return false;
        }
    }
}
