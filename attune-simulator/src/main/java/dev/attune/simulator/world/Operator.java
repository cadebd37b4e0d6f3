package dev.attune.simulator.world;

import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.reach.Marker;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes the membership, one goal at a time, by asking whoever leads until it shows in the configuration. */
final class Operator {
    private static final long ASK_AGAIN = 150_000;
    private static final int PATIENCE = 40;

    private final World world;
    private final Shared shared;
    private final Chance chance;
    private @Nullable Server joining;
    private @Nullable Server leaving;
    private int asked;
    private boolean stopped;

    Operator(World world, Shared shared, Chance chance) {
        this.world = world;
        this.shared = shared;
        this.chance = chance;
    }

    /** Whether no change is under way. */
    boolean isIdle() {
        return joining == null && leaving == null;
    }

    /** Adds a server; returns whether that began. */
    boolean add() {
        if (!isIdle() || world.configuration().voters().size() >= 7) return false;
        joining = world.join(chance.below(6) == 0);
        if (joining == null) return false;
        asked = 0;
        pursue();
        return true;
    }

    /** Takes a member out; returns whether that began. */
    boolean remove() {
        Configuration configuration = world.configuration();
        List<Server> removable = world.those(server -> configuration.contains(server.id()) && leavesState(server));
        if (!isIdle()
                || world.anyDamaged()
                || removable.isEmpty()
                || configuration.voters().size() < 2) return false;
        leaving = chance.one(removable);
        asked = 0;
        pursue();
        return true;
    }

    private boolean leavesState(Server removed) {
        Configuration configuration = world.configuration();
        return configuration.voters().stream()
                .anyMatch(voter -> !voter.equals(removed.id()) && !configuration.isWitness(voter));
    }

    /** Begins nothing further, and gives up what is under way. */
    void stop() {
        stopped = true;
    }

    private void pursue() {
        if (stopped) return;
        if (isDone() || ++asked > PATIENCE) {
            joining = null;
            leaving = null;
            return;
        }
        Server leader = world.leader();
        if (leader != null) hurry(leader);
        shared.time().after(chance.between(ASK_AGAIN / 2, ASK_AGAIN * 2), this::pursue);
    }

    /** Asks this leader, too, for what is under way. */
    void hurry(Server leader) {
        MembershipChange change = next();
        if (change == null || world.anyDamaged()) return;
        shared.trace().note(leader.name(), "change", change.member().hashCode(), asked);
        if (change instanceof MembershipChange.Remove && change.member().equals(leader.id()))
            shared.reach().mark(Marker.LEADER_REMOVED_ITSELF);
        leader.requests().change(change);
    }

    private boolean isDone() {
        Configuration configuration = world.configuration();
        Server added = joining;
        if (added != null) return configuration.isVoter(added.id());
        Server removed = leaving;
        if (removed == null) return true;
        if (configuration.contains(removed.id())) return false;
        // Some are switched off at once; some go on for a while, not knowing.
        if (chance.below(3) > 0) shared.time().after(chance.between(0, 500_000), () -> retire(removed));
        return true;
    }

    private void retire(Server removed) {
        if (world.mayRetire(removed)) removed.retire();
    }

    private @Nullable MembershipChange next() {
        Configuration configuration = world.configuration();
        Server added = joining;
        if (added != null)
            return configuration.contains(added.id())
                    ? new MembershipChange.Promote(added.id())
                    : added.isWitness()
                            ? new MembershipChange.AddWitness(added.id())
                            : new MembershipChange.AddLearner(added.id());
        Server removed = leaving;
        return removed == null ? null : new MembershipChange.Remove(removed.id());
    }

    /** Lets a removed server come back with its disk; returns whether there was one. */
    boolean returnRemoved() {
        List<Server> gone = world.those(server -> server.isRetired() && !world.isMember(server));
        if (gone.isEmpty()) return false;
        Server back = chance.one(gone);
        shared.reach().mark(Marker.REMOVED_SERVER_RETURNED);
        back.unretire();
        // As for every server that starts: whoever starts it has made room.
        back.disk().setFull(false);
        back.start();
        shared.time().after(chance.between(100_000, 3_000_000), () -> retire(back));
        return true;
    }

    /** Hands leadership over to any voter; returns whether anybody leads. */
    boolean handOver() {
        Server leader = world.leader();
        if (leader == null) return false;
        leader.requests().transfer(chance.one(List.copyOf(world.configuration().voters())));
        return true;
    }

    /** Compacts history; returns whether anybody leads. */
    boolean compact() {
        Server leader = world.leader();
        long newest = shared.ledger().revision();
        if (leader == null || newest < 2) return false;
        long to = chance.below(2) == 0 ? newest : Math.max(1, newest - chance.below(40));
        if (to == newest) shared.reach().mark(Marker.COMPACTED_TO_THE_NEWEST);
        leader.requests().propose(CommandCodec.encode(new Command.Compact(to)), reply -> {});
        return true;
    }
}
