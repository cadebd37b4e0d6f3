package dev.attune.consensus.paxos;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of one Paxos member.
 *
 * @param group names the group in its snapshots; the same on all members, 1 to 100 characters
 * @param initial who decides, and how, when nothing is on disk yet; without voters the member waits to be added
 * @param directory everything durable of this member lies below it
 * @param begun whether the member took part before, so that missing files are damage and no beginning
 * @param electionTimeout how long a silent leader is waited for, 100 ms to 1 min; heartbeats come ten times as often
 * @param commandBytesMax longest command, larger ones fail with TOO_LARGE; 1 KiB to 8 MiB
 * @param proposalsMax proposals under way at once, more fail with OVERLOADED; 1 to 65,536
 * @param snapshotEntries a snapshot is written, and the log cut, after as many entries
 * @param snapshotBytes the same after as many bytes of commands
 */
public record PaxosOptions(
        MemberId self,
        String group,
        Configuration initial,
        Path directory,
        boolean begun,
        Duration electionTimeout,
        int commandBytesMax,
        int proposalsMax,
        long snapshotEntries,
        long snapshotBytes) {
    public PaxosOptions {
        if (group.isEmpty() || group.length() > 100)
            throw new IllegalArgumentException("group: \"" + group + "\" (expected: 1 to 100 characters)");
        check("electionTimeout", electionTimeout.toMillis(), 100, 60_000);
        check("commandBytesMax", commandBytesMax, 1 << 10, 8 << 20);
        check("proposalsMax", proposalsMax, 1, 1 << 16);
        check("snapshotEntries", snapshotEntries, 1, Long.MAX_VALUE);
        check("snapshotBytes", snapshotBytes, 1, Long.MAX_VALUE);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max)
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
    }

    /** Election timeout 1 s, commands to 4 MiB, 8,192 proposals at once, a snapshot each 100,000 entries or 64 MiB. */
    public static PaxosOptions of(MemberId self, String group, Membership initial, Path directory) {
        return new PaxosOptions(
                self,
                group,
                Configuration.initial(initial),
                directory,
                false,
                Duration.ofSeconds(1),
                4 << 20,
                8192,
                100_000,
                64L << 20);
    }

    public PaxosOptions withElectionTimeout(Duration timeout) {
        return new PaxosOptions(
                self,
                group,
                initial,
                directory,
                begun,
                timeout,
                commandBytesMax,
                proposalsMax,
                snapshotEntries,
                snapshotBytes);
    }

    /** Other quorums than a majority, or witnesses. */
    public PaxosOptions withInitial(Configuration other) {
        return new PaxosOptions(
                self,
                group,
                other,
                directory,
                begun,
                electionTimeout,
                commandBytesMax,
                proposalsMax,
                snapshotEntries,
                snapshotBytes);
    }

    /** Says whether the member took part before. */
    public PaxosOptions withBegun(boolean before) {
        return new PaxosOptions(
                self,
                group,
                initial,
                directory,
                before,
                electionTimeout,
                commandBytesMax,
                proposalsMax,
                snapshotEntries,
                snapshotBytes);
    }

    public PaxosOptions withSnapshots(long entries, long bytes) {
        return new PaxosOptions(
                self, group, initial, directory, begun, electionTimeout, commandBytesMax, proposalsMax, entries, bytes);
    }
}
