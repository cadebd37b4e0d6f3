package dev.attune.consensus.raft;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of one Raft member.
 *
 * @param group names the group within the process and on the wire; the same on all members, a letter, then at most 99
 *     letters, digits, dashes or underscores
 * @param initial who votes when nothing is on disk yet; without voters the member waits to be added by the leader
 * @param directory everything durable of this member lies below it
 * @param electionTimeout how long a silent leader is waited for, 100 ms to 1 min; heartbeats come ten times as often
 * @param commandBytesMax longest command, larger ones fail with TOO_LARGE; 1 KiB to 8 MiB
 * @param proposalsMax proposals under way at once, more fail with OVERLOADED; 1 to 65,536
 * @param snapshotEntries a snapshot is written, and the log cut, after as many entries
 * @param snapshotBytes the same after as many bytes of commands
 * @param begun whether this member took part before: that nothing is on disk then means that its files are lost (G7)
 */
public record RaftOptions(
        MemberId self,
        String group,
        Membership initial,
        Path directory,
        Duration electionTimeout,
        int commandBytesMax,
        int proposalsMax,
        long snapshotEntries,
        long snapshotBytes,
        boolean begun) {
    public RaftOptions {
        if (!group.matches("[A-Za-z][A-Za-z0-9_-]{0,99}"))
            throw new IllegalArgumentException("group: \"" + group
                    + "\" (expected: a letter, then at most 99 letters, digits, dashes or underscores)");
        long millis = electionTimeout.toMillis();
        if (millis < 100 || millis > 60_000)
            throw new IllegalArgumentException("electionTimeout: " + millis + " ms (expected: 100..60000)");
        if (commandBytesMax < 1 << 10 || commandBytesMax > 8 << 20)
            throw new IllegalArgumentException("commandBytesMax: " + commandBytesMax + " (expected: 1 KiB..8 MiB)");
        if (proposalsMax < 1 || proposalsMax > 1 << 16)
            throw new IllegalArgumentException("proposalsMax: " + proposalsMax + " (expected: 1..65536)");
        if (snapshotEntries < 1)
            throw new IllegalArgumentException("snapshotEntries: " + snapshotEntries + " (expected: >= 1)");
        if (snapshotBytes < 1)
            throw new IllegalArgumentException("snapshotBytes: " + snapshotBytes + " (expected: >= 1)");
    }

    /** Election timeout 1 s, commands to 4 MiB, 8,192 proposals at once, a snapshot each 100,000 entries or 64 MiB. */
    public static RaftOptions of(MemberId self, String group, Membership initial, Path directory) {
        return new RaftOptions(
                self, group, initial, directory, Duration.ofSeconds(1), 4 << 20, 8192, 100_000, 64L << 20, false);
    }

    /** The same with other voters of a new group. */
    public RaftOptions withInitial(Membership voters) {
        return new RaftOptions(
                self,
                group,
                voters,
                directory,
                electionTimeout,
                commandBytesMax,
                proposalsMax,
                snapshotEntries,
                snapshotBytes,
                begun);
    }

    public RaftOptions withElectionTimeout(Duration timeout) {
        return new RaftOptions(
                self,
                group,
                initial,
                directory,
                timeout,
                commandBytesMax,
                proposalsMax,
                snapshotEntries,
                snapshotBytes,
                begun);
    }

    public RaftOptions withSnapshots(long entries, long bytes) {
        return new RaftOptions(
                self, group, initial, directory, electionTimeout, commandBytesMax, proposalsMax, entries, bytes, begun);
    }

    /** The same for a member that took part before. */
    public RaftOptions withBegun() {
        return new RaftOptions(
                self,
                group,
                initial,
                directory,
                electionTimeout,
                commandBytesMax,
                proposalsMax,
                snapshotEntries,
                snapshotBytes,
                true);
    }
}
