package dev.attune.simulator.world;

import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.net.SimNetwork;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leaders that do not know of each other: one is cut off while it goes on proposing, the next is cut off as soon as it
 * leads, the first comes back. Faults drawn one by one seldom fall into that order, and it is the one in which values
 * of several ballots meet at one slot.
 */
final class Rivals {
    private static final long LOOK_AGAIN = 3_000;
    private static final int LOOKS_MAX = 600;
    private static final int FILLERS_MAX = 12;

    private final World world;
    private final Shared shared;
    private final Chance chance;
    private final Operator operator;
    private boolean busy;
    private boolean stopped;

    Rivals(World world, Shared shared, Chance chance, Operator operator) {
        this.world = world;
        this.shared = shared;
        this.chance = chance;
        this.operator = operator;
    }

    /** Ends what is under way; the links are mended by whoever heals the world. */
    void stop() {
        stopped = true;
    }

    /** Cuts off one leader after the other; returns whether that began. */
    boolean inTurn() {
        if (busy || world.all().size() < 2) return false;
        busy = true;
        next(null, 2 + chance.below(6));
        return true;
    }

    private void next(@Nullable Server before, int times) {
        if (times == 0) end();
        else
            await(before, leader -> {
                network().mendAll();
                boolean whole = chance.below(2) == 0;
                for (Server other : world.all()) if (other != leader) cut(leader, other, whole ? 4 : 2);
                if (chance.below(3) == 0) fill(leader);
                shared.time().after(chance.between(0, 2 * electionMicros()), () -> next(leader, times - 1));
            });
    }

    /** Keeps a leader from hearing of the next one for a while; where clocks run slow, its own does. */
    boolean unaware() {
        Server first = world.leader();
        if (busy || first == null || world.all().size() < 3) return false;
        busy = true;
        isolate(first);
        if (shared.swarm().on(FaultKind.CLOCK_SLOW) || shared.swarm().on(FaultKind.CLOCK_FROZEN))
            first.clock().rate((int) chance.between(20, 400));
        shared.time().after(10 * electionMicros(), () -> first.clock().rate(1000));
        await(first, second -> shared.time().after(chance.between(2, 10) * electionMicros() / 2, this::end));
        return true;
    }

    /** Cuts the links of two servers, each direction with {@code quarters} in four. */
    private void cut(Server leader, Server other, int quarters) {
        if (chance.below(4) < quarters) network().cut(leader.number(), other.number());
        if (chance.below(4) < quarters) network().cut(other.number(), leader.number());
    }

    /** Has a leader that is cut off and the one after it change the members; returns whether that began. */
    boolean change() {
        Server first = world.leader();
        if (busy || first == null || world.all().size() < 3 || !operator.isIdle()) return false;
        busy = true;
        isolate(first);
        fill(first);
        shared.time().after(chance.between(1_000, electionMicros()), () -> {
            boolean begun = !stopped && (chance.below(2) == 0 ? operator.add() : operator.remove());
            if (!begun) end();
            else await(first, second -> changeAgain(first, second));
        });
        return true;
    }

    private void changeAgain(Server first, Server second) {
        long before = world.configuration().number();
        operator.hurry(second);
        awaitConfiguration(before, LOOKS_MAX, () -> {
            network().mendAll();
            if (first.isUp() && !first.isPaused()) isolate(second);
            shared.time().after(chance.between(1, 4) * electionMicros(), this::end);
        });
    }

    private void awaitConfiguration(long before, int looks, Runnable then) {
        if (stopped || looks == 0) end();
        else if (world.configuration().number() > before) then.run();
        else shared.time().after(LOOK_AGAIN / 10, () -> awaitConfiguration(before, looks - 1, then));
    }

    /** Proposals that nobody waits for, so that a change of members does not come first in the log. */
    private void fill(Server leader) {
        byte[] nothing = CommandCodec.encode(new Command.Compact(1));
        for (int i = 2 + chance.below(FILLERS_MAX); i > 0; i--)
            shared.time().after(chance.between(0, electionMicros() / 2), () -> leader.requests()
                    .propose(nothing.clone(), reply -> {}));
    }

    private interface Then {
        void with(Server leader);
    }

    private void await(@Nullable Server before, Then then) {
        await(before, LOOKS_MAX, then);
    }

    private void await(@Nullable Server before, int looks, Then then) {
        if (stopped || looks == 0) {
            end();
            return;
        }
        List<Server> leaders = world.those(server -> server.leads() && server != before);
        if (leaders.isEmpty()) shared.time().after(LOOK_AGAIN, () -> await(before, looks - 1, then));
        else then.with(chance.one(leaders));
    }

    private void isolate(Server alone) {
        for (Server other : world.all()) if (other != alone) cut(alone, other, 4);
    }

    private void end() {
        busy = false;
        if (!stopped) network().mendAll();
    }

    private SimNetwork network() {
        return shared.network();
    }

    private long electionMicros() {
        return shared.options().electionMillis() * 1_000;
    }
}
