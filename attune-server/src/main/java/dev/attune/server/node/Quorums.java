package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** How the members of a new cluster decide, as an operator writes it: see {@link #parse}. */
public final class Quorums {
    private static final String WEIGHTS = "weights:";
    private static final String FLEXIBLE = "flexible:";

    private Quorums() {}

    /**
     * {@code majority}; {@code weights:n1=2,n2=1,n3=1}, every voter with its weight, where more than half of the weight
     * decides; or {@code flexible:E/C}, where E voters elect a leader and C choose a value.
     *
     * @return empty for a majority, which is what a cluster begins with
     * @throws IllegalArgumentException for anything else, for voters that are not {@code voters}, and when two quorums
     *     might not meet
     */
    public static Optional<QuorumSystem> parse(String text, SortedSet<MemberId> voters) {
        if (text.equals("majority")) return Optional.empty();
        if (text.startsWith(WEIGHTS)) return Optional.of(weighted(text.substring(WEIGHTS.length()), voters));
        if (text.startsWith(FLEXIBLE)) return Optional.of(flexible(text.substring(FLEXIBLE.length()), voters));
        throw new IllegalArgumentException(
                text + " (expected: majority, weights:n1=2,n2=1,… or flexible:ELECTING/CHOOSING)");
    }

    private static QuorumSystem weighted(String text, SortedSet<MemberId> voters) {
        SortedMap<MemberId, Integer> weights = new TreeMap<>();
        for (String each : text.split(",", -1)) {
            int equals = each.indexOf('=');
            if (equals < 1) throw new IllegalArgumentException(each + " (expected: a voter's name = its weight)");
            weights.put(new MemberId(each.substring(0, equals).strip()), number(each.substring(equals + 1)));
        }
        if (!weights.keySet().equals(voters))
            throw new IllegalArgumentException("weights of " + weights.keySet() + " (expected: of " + voters + ")");
        return new QuorumSystem.Weighted(weights);
    }

    private static QuorumSystem flexible(String text, SortedSet<MemberId> voters) {
        int slash = text.indexOf('/');
        if (slash < 1) throw new IllegalArgumentException(text + " (expected: ELECTING/CHOOSING, as in 3/2)");
        return new QuorumSystem.Flexible(voters, number(text.substring(0, slash)), number(text.substring(slash + 1)));
    }

    private static int number(String text) {
        if (!text.strip().matches("[0-9]{1,4}"))
            throw new IllegalArgumentException(text + " (expected: a number from 1 to 1000)");
        return Integer.parseInt(text.strip());
    }
}
