package dev.attune.simulator.fleet;

import dev.attune.simulator.chance.Chance;

/**
 * How a world of rollouts is drawn. Times are in microseconds unless they say otherwise.
 *
 * @param faultTime how long faults happen before the world is healed
 * @param rollouts how many are begun
 * @param gap about how long between two of them
 * @param misbehaving how many of a thousand instances are not honest
 * @param misdeeds how many of a thousand times such a one does what it is not supposed to
 * @param deaths how many of a thousand phases the coordinator does not survive
 * @param cuts about how long between two instances that are cut off or die; 0 for never
 */
record FleetOptions(
        int servers,
        int instances,
        long faultTime,
        int rollouts,
        long gap,
        int misbehaving,
        int misdeeds,
        int deaths,
        long cuts) {
    private static final int[] SERVERS = {1, 3, 3, 3, 3, 3, 3, 5};

    static FleetOptions draw(Chance chance) {
        int servers = SERVERS[chance.below(SERVERS.length)];
        int instances = chance.below(10) == 0 ? (int) chance.between(11, 50) : (int) chance.between(1, 10);
        boolean calm = chance.below(3) == 0;
        return new FleetOptions(
                servers,
                instances,
                chance.between(2_000_000, 6_000_000),
                (int) chance.between(2, 10),
                chance.between(50_000, 600_000),
                calm ? 0 : (int) chance.between(50, 600),
                (int) chance.between(100, 700),
                chance.below(3) == 0 ? 0 : (int) chance.between(20, 300),
                chance.below(3) == 0 ? 0 : chance.between(100_000, 1_500_000));
    }
}
