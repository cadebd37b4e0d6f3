package dev.attune.simulator.world;

import dev.attune.simulator.chance.Chance;
import dev.attune.store.StoreOptions;

/**
 * How large a world is. Times are in microseconds unless they say otherwise.
 *
 * @param servers how many begin
 * @param quorums how they decide
 * @param witness whether the last of them keeps no state
 * @param crowd who uses it
 * @param faultTime how long faults happen before the world is healed
 * @param electionMillis the core's
 * @param tick how often a core is told the time
 * @param snapshotEvery after how many applied slots a server writes a snapshot
 * @param keep how many slots stay in the log behind a snapshot
 */
record WorldOptions(
        int servers,
        Quorums quorums,
        boolean witness,
        Crowd crowd,
        long faultTime,
        long electionMillis,
        long tick,
        int snapshotEvery,
        int keep) {
    /** Most servers at any time, those that join later included. */
    static final int SERVERS_MAX = 12;

    /** The same for all servers: it takes part in what the state is. */
    static final StoreOptions STORE = new StoreOptions(1_500, 100_000, 4 << 20);

    private static final int[] SIZES = {1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 5, 7};

    /**
     * Those who use a world.
     *
     * @param holders of leases
     */
    record Crowd(int clients, int watchers, int holders) {
        static final Crowd NOBODY = new Crowd(0, 0, 0);
    }

    /** How a group decides. */
    enum Quorums {
        MAJORITY,
        WEIGHTED,
        FLEXIBLE
    }

    static WorldOptions draw(Chance chance) {
        int servers = SIZES[chance.below(SIZES.length)];
        Quorums quorums = Quorums.MAJORITY;
        if (servers >= 3 && chance.below(5) == 0) quorums = chance.below(2) == 0 ? Quorums.WEIGHTED : Quorums.FLEXIBLE;
        boolean witness = servers >= 3 && quorums == Quorums.MAJORITY && chance.below(8) == 0;
        int clients = chance.below(12) == 0 ? (int) chance.between(9, 20) : (int) chance.between(1, 6);
        long electionMillis = chance.between(100, 400);
        return new WorldOptions(
                servers,
                quorums,
                witness,
                new Crowd(clients, chance.below(4), chance.below(3)),
                chance.below(20) == 0 ? 20_000_000 : chance.between(2_000_000, 6_000_000),
                electionMillis,
                electionMillis * 1_000 / 20,
                1 << chance.between(3, 7),
                chance.below(3) == 0 ? 0 : (int) chance.between(1, 40));
    }
}
