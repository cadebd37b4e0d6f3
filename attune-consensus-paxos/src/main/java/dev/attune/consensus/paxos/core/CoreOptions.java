package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;

/**
 * Settings of one core.
 *
 * @param electionMillis how long a silent leader is waited for; up to as much again is added by chance
 * @param heartbeatMillis how often a leader makes itself heard; several times within {@code electionMillis}
 * @param windowSlots most slots proposed and not yet chosen, and most slots under way to one follower
 * @param windowBytes the same in bytes
 * @param messageBytes where a message with entries is closed; a single larger entry still travels, alone
 * @param cacheSlots most chosen entries kept in memory for followers that lag a little
 * @param cacheBytes the same in bytes
 */
public record CoreOptions(
        MemberId self,
        long electionMillis,
        long heartbeatMillis,
        int windowSlots,
        long windowBytes,
        int messageBytes,
        int cacheSlots,
        long cacheBytes) {
    public CoreOptions {
        check("heartbeatMillis", heartbeatMillis, 1, 60_000);
        check("electionMillis", electionMillis, 2 * heartbeatMillis, 600_000);
        check("windowSlots", windowSlots, 1, 1 << 20);
        check("windowBytes", windowBytes, 1, 1L << 30);
        check("messageBytes", messageBytes, 1, 8 << 20);
        check("cacheSlots", cacheSlots, 0, 1 << 24);
        check("cacheBytes", cacheBytes, 0, 1L << 32);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max)
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
    }

    /** Ten heartbeats per election timeout, a window of 4,096 slots or 8 MiB, messages of 1 MiB, 16 MiB of cache. */
    public static CoreOptions of(MemberId self, long electionMillis) {
        return new CoreOptions(
                self, electionMillis, Math.max(1, electionMillis / 10), 4096, 8 << 20, 1 << 20, 1 << 16, 16 << 20);
    }
}
