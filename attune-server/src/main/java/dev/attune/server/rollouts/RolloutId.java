package dev.attune.server.rollouts;

import java.util.Comparator;

/** A rollout of the cluster. */
record RolloutId(String environment, long number) implements Comparable<RolloutId> {
    private static final Comparator<RolloutId> ORDER =
            Comparator.comparing(RolloutId::environment).thenComparingLong(RolloutId::number);

    @Override
    public int compareTo(RolloutId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return environment + "/" + number;
    }
}
