package dev.attune.simulator.client;

import dev.attune.client.session.RequestIds;
import dev.attune.client.steps.LeaseHold;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.judge.HeldLeases;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import java.util.List;
import java.util.function.Consumer;

/**
 * A client with a lease and a key by it, which renews it as the SDK does. Now and then it revokes the lease, or dies;
 * then it begins anew with another.
 */
public final class LeaseHolder {
    private static final String PREFIX = "l/";
    private static final long TICK = 25_000;
    private static final long LEASES_EACH = 1_000_000;

    private final EventHeap time;
    private final Chance chance;
    private final Cluster cluster;
    private final Reach reach;
    private final HeldLeases leases;
    private final RequestIds ids;
    private final long first;
    private int server;
    // Whatever belongs to an earlier lease is not looked at any more.
    private int generation;
    private boolean stopped;

    public LeaseHolder(Surroundings surroundings, HeldLeases leases, Chance chance) {
        time = surroundings.time();
        this.chance = chance;
        cluster = surroundings.cluster();
        reach = surroundings.reach();
        this.leases = leases;
        int process = surroundings.history().newProcess();
        ids = new RequestIds(process);
        first = process * LEASES_EACH;
        server = chance.one(cluster.servers());
    }

    /** Whether a key is one of holders, which no client of the workload writes. */
    public static boolean owns(String key) {
        return key.startsWith(PREFIX);
    }

    /** Begins with a lease, after a while. */
    public void start() {
        rest();
    }

    /** Renews nothing any more. */
    public void stop() {
        stopped = true;
        generation++;
    }

    private void rest() {
        int of = ++generation;
        time.after(chance.between(10_000, 400_000), () -> {
            if (of == generation) begin(of);
        });
    }

    private void begin(int of) {
        long id = first + of;
        long ttlMillis = chance.between(200, 1_000);
        long sent = nanos();
        ask(of, new Request.Write(CommandCodec.encode(new Command.GrantLease(id, ttlMillis))), reply -> {
            ErrorCode error = ((Reply.Answer) reply).result().error();
            if (error != null && error != ErrorCode.ALREADY_EXISTS) {
                rest();
                return;
            }
            LeaseHold hold = new LeaseHold(ttlMillis * 1_000_000, sent);
            leases.holds(id, hold);
            bind(of, id);
            tick(of, id, hold);
        });
    }

    private void bind(int of, long id) {
        RequestId request = ids.begin();
        Bytes key = Bytes.utf8(PREFIX + id);
        Operation put = Operation.Put.of(key, key).withLease(id);
        ask(of, new Request.Write(CommandCodec.encode(new Command.Mutate(request, put))), reply -> ids.end(request));
    }

    private void tick(int of, long id, LeaseHold hold) {
        time.after(TICK, () -> {
            if (of != generation) return;
            LeaseHold.Next next = hold.tick(nanos());
            if (next == LeaseHold.Next.LOST) {
                reach.mark(Marker.LEASE_LET_GO);
                letGo(id);
                return;
            }
            if (next == LeaseHold.Next.RENEW) renew(of, id, hold);
            int mood = chance.below(250);
            if (mood == 0) letGo(id);
            else if (mood == 1) revoke(id);
            else tick(of, id, hold);
        });
    }

    private void renew(int of, long id, LeaseHold hold) {
        long sent = nanos();
        ask(of, new Request.KeepAlive(id), reply -> {
            if (reply instanceof Reply.Answer) hold.answered(sent);
            else letGo(id);
        });
    }

    private void letGo(long id) {
        leases.letGo(id);
        rest();
    }

    private void revoke(long id) {
        letGo(id);
        ask(generation, new Request.Write(CommandCodec.encode(new Command.RevokeLease(id))), reply -> {});
    }

    /** Asks until there is an answer, or a refusal that will not change. */
    private void ask(int of, Request request, Consumer<Reply> done) {
        if (of != generation || stopped) return;
        boolean[] over = {false};
        cluster.request(server, request, reply -> {
            if (over[0] || of != generation) return;
            over[0] = true;
            if (reply instanceof Reply.Refused refused && refused.code() != ErrorCode.LEASE_NOT_FOUND) {
                List<Integer> servers = cluster.servers();
                server = servers.contains(refused.leader()) ? refused.leader() : chance.one(servers);
                time.after(chance.between(5_000, 30_000), () -> ask(of, request, done));
            } else {
                done.accept(reply);
            }
        });
        time.after(chance.between(100_000, 300_000), () -> {
            if (over[0] || of != generation) return;
            over[0] = true;
            server = chance.one(cluster.servers());
            ask(of, request, done);
        });
    }

    private long nanos() {
        return time.now() * 1_000;
    }
}
