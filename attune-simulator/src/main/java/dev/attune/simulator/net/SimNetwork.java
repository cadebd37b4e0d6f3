package dev.attune.simulator.net;

import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.fault.Swarm;
import dev.attune.simulator.time.EventHeap;
import java.util.Arrays;

/**
 * Links between servers, numbered from 0: one for each ordered pair. A link keeps order, as a connection does, unless
 * the seed says otherwise; what it carries may be lost, doubled, late, or come back much later.
 */
public final class SimNetwork {
    private static final long LATE_MAX = 3_000_000;

    private final EventHeap time;
    private final Chance chance;
    private final FaultCounts counts;
    private final int servers;
    private final boolean[] cut;
    private final long[] slow;
    private final long[] lastArrival;
    private final int[] epoch;
    private final long latency;
    private final int loss;
    private final int duplication;
    private final int late;
    private final int overtaking;
    private final int replay;
    private final int clientLoss;
    private boolean calm;

    public SimNetwork(EventHeap time, Chance chance, Swarm swarm, FaultCounts counts, int servers) {
        this.time = time;
        this.chance = chance;
        this.counts = counts;
        this.servers = servers;
        cut = new boolean[servers * servers];
        slow = new long[servers * servers];
        lastArrival = new long[servers * servers];
        epoch = new int[servers * servers];
        latency = chance.between(200, 4_000);
        loss = swarm.weight(FaultKind.MESSAGE_LOSS) * 6;
        duplication = swarm.weight(FaultKind.MESSAGE_DUPLICATION) * 8;
        late = swarm.weight(FaultKind.HEAVY_TAIL_DELAY) * 3;
        overtaking = swarm.weight(FaultKind.REORDER) * 12;
        replay = swarm.weight(FaultKind.STALE_REPLAY);
        clientLoss = swarm.weight(FaultKind.CLIENT_LINK_LOSS) * 4;
    }

    /** Carries a message; {@code arrival} runs when it arrives, any number of times from 0 on. */
    public void send(int from, int to, Runnable arrival) {
        int link = from * servers + to;
        if (cut[link]) return;
        if (happens(FaultKind.MESSAGE_LOSS, loss)) return;
        deliver(link, arrival);
        if (happens(FaultKind.MESSAGE_DUPLICATION, duplication)) deliver(link, arrival);
        if (happens(FaultKind.STALE_REPLAY, replay)) time.after(chance.between(500_000, 5_000_000), arrival);
    }

    private void deliver(int link, Runnable arrival) {
        long delay = slow[link] + chance.between(latency / 2, latency * 3 / 2);
        if (happens(FaultKind.HEAVY_TAIL_DELAY, late)) delay += chance.heavyTail(latency * 20, LATE_MAX);
        int sent = epoch[link];
        Runnable unlessReset = () -> {
            if (epoch[link] == sent) arrival.run();
        };
        if (happens(FaultKind.REORDER, overtaking)) {
            time.after(delay + chance.between(0, latency * 4), unlessReset);
            return;
        }
        long arrivesAt = Math.max(lastArrival[link], time.now() + delay);
        lastArrival[link] = arrivesAt;
        time.after(arrivesAt - time.now(), unlessReset);
    }

    /** Carries a client's request, or the answer to it; the client repeats what is lost. */
    public void sendClient(Runnable arrival) {
        if (happens(FaultKind.CLIENT_LINK_LOSS, clientLoss)) return;
        time.after(chance.between(latency / 2, latency * 3 / 2), arrival);
    }

    private boolean happens(FaultKind kind, int permille) {
        if (calm || !chance.permille(permille)) return false;
        counts.count(kind);
        return true;
    }

    /** Loses what is sent from one server to another from now on, and what is under way. */
    public void cut(int from, int to) {
        cut[from * servers + to] = true;
        epoch[from * servers + to]++;
    }

    public void mend(int from, int to) {
        cut[from * servers + to] = false;
    }

    /** Loses what is under way between two servers. */
    public void reset(int a, int b) {
        epoch[a * servers + b]++;
        epoch[b * servers + a]++;
    }

    /** Adds {@code delay} microseconds to everything one server sends to another; 0 ends that. */
    public void slow(int from, int to, long delay) {
        slow[from * servers + to] = delay;
    }

    /** Whether messages from one server reach the other at present. */
    public boolean connected(int from, int to) {
        return !cut[from * servers + to];
    }

    /** Mends every link. */
    public void mendAll() {
        Arrays.fill(cut, false);
        Arrays.fill(slow, 0);
    }

    /** Ends all faults of the network for good. */
    public void calm() {
        calm = true;
        mendAll();
    }
}
