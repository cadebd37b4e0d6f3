package dev.attune.simulator.judge;

import dev.attune.consensus.paxos.message.Ballot;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Which server's disk accepted what, ballot by ballot. A quorum of them is what makes a value chosen, whether anybody
 * lives to tell or not; so another value that is chosen later shows a mistake that no answer need have shown yet.
 */
public final class Ballots {
    private final Map<Long, TreeMap<Ballot, Accepted>> byIndex = new HashMap<>();
    private final TreeMap<Long, Long> changes = new TreeMap<>();

    private record Accepted(long identity, BitSet servers) {}

    /** A server that votes has a value durably on its disk, accepted in {@code ballot}. */
    public void accepted(int server, long index, Ballot ballot, long identity) {
        Accepted accepted = byIndex.computeIfAbsent(index, unused -> new TreeMap<>())
                .computeIfAbsent(ballot, unused -> new Accepted(identity, new BitSet()));
        if (accepted.identity() != identity)
            throw new BrokenInvariant(
                    Invariant.ONE_VALUE_PER_BALLOT,
                    "s" + server + " accepted another value at " + index + " in " + ballot + " than others did");
        accepted.servers().set(server);
    }

    /** A server's disk is damaged: what it had accepted counts no more, unless it is accepted again. */
    public void lost(int server) {
        for (TreeMap<Ballot, Accepted> each : byIndex.values())
            for (Accepted accepted : each.values()) accepted.servers().clear(server);
    }

    /** A value that changed the members is chosen at {@code index}: what lies behind it is for the new ones to decide. */
    public void changed(long index, long identity) {
        changes.put(index, identity);
    }

    /** Whether who proposed in the ballot took another value for the one that is chosen at a change of members. */
    private boolean knewOtherMembers(Ballot ballot, long index) {
        for (Map.Entry<Long, Long> change : changes.headMap(index).entrySet()) {
            Accepted there =
                    byIndex.getOrDefault(change.getKey(), new TreeMap<>()).get(ballot);
            if (there != null && there.identity() != change.getValue()) return true;
        }
        return false;
    }

    /** Broken when a quorum accepted, in any ballot, another value at {@code index} than the one that is chosen. */
    public void requireOnly(long index, long identity, Predicate<BitSet> quorum) {
        TreeMap<Ballot, Accepted> all = byIndex.get(index);
        if (all == null) return;
        for (Map.Entry<Ballot, Accepted> each : all.entrySet()) {
            Accepted accepted = each.getValue();
            if (accepted.identity() != identity
                    && quorum.test(accepted.servers())
                    && !knewOtherMembers(each.getKey(), index))
                throw new BrokenInvariant(
                        Invariant.CHOSEN_STAYS,
                        "at " + index + " the value that " + accepted.servers() + " accepted in " + each.getKey()
                                + " was chosen, and then another");
        }
    }
}
