package dev.attune.simulator.reach;

/** States of the world worth reaching; those of the consensus core are the core's own. */
public enum Marker {
    LEADER_CRASHED("the leader died"),
    LEADER_LOST_POWER("the leader lost power with entries unsynced"),
    TWO_BELIEVE_TO_LEAD("two servers believed to lead at once, in different ballots"),
    ALL_DOWN("all servers were down at once"),
    UNSYNCED_TAIL_LOST("a crash took entries that were not synced"),
    STATE_AHEAD_OF_LOG("a state file was ahead of its log after a crash"),
    STATE_FILE_USED("a server started from its state file"),
    STATE_REBUILT("a server built its state from a snapshot and the log"),
    DAMAGE_FOUND("a server found its log damaged before the last synced record"),
    DISK_REPLACED("a server that had a vote came back with an empty disk"),
    STOPPED_BY_SYNC_ERROR("a server stopped because a sync failed"),
    STOPPED_BY_FULL_DISK("a server stopped because its disk was full"),
    CAUGHT_UP_FROM_LOG("a server was sent entries from another's log"),
    SNAPSHOT_SENT("a server was sent a snapshot"),
    SNAPSHOT_OVERTAKEN("a snapshot arrived at a server that no longer needed it"),
    SNAPSHOT_INTERRUPTED("a server died while it wrote or installed a snapshot"),
    JOINED_SERVER_LED("a server that joined later led"),
    LEADER_REMOVED_ITSELF("a leader was asked to take itself out"),
    REMOVED_SERVER_RETURNED("a removed server came back with its disk"),
    CHANGE_OUTCOME_UNKNOWN("what became of a membership change was unknown"),
    OUTCOME_UNKNOWN("a client was told that the outcome of its write is unknown"),
    WRITE_REFUSED("a proposal was refused because its server did not lead"),
    REPEAT_CHOSEN_TWICE("one request was chosen at two positions and had one effect"),
    REPEAT_AFTER_FAILOVER("a repeated request was chosen under a later ballot than the first"),
    READ_WAITED_FOR_APPLY("a confirmed read waited for its server to apply"),
    READ_SERVED_BY_FOLLOWER("a follower served a linearizable read"),
    READ_REFUSED("a read was refused because no quorum confirmed it"),
    STALE_READ_TOO_OLD("a server was behind what a session had seen"),
    WATCH_SINK_FULL("a watch was taken off the live list because its queue was full"),
    WATCH_RESUMED("a watch went on behind what it had delivered"),
    WATCH_RESUMED_BELOW_COMPACTION("a watch resumed at a revision that was compacted"),
    WATCH_ENDED_BY_COMPACTION("a watch ended because its place was compacted"),
    WATCH_STARTED_IN_THE_FUTURE("a watch started beyond the newest revision"),
    WATCH_REVISION_IN_FRAGMENTS("the events of one revision came in fragments"),
    LEASES_TAKEN_OVER("a leader took over the time of leases"),
    LEASE_EXPIRED("a lease ended because its time was over"),
    LEASE_LET_GO("a holder let go of a lease that nobody answered for"),
    COMPACTED_TO_THE_NEWEST("history was compacted up to the newest revision"),
    WEIGHTED_QUORUMS("a group decided by weights"),
    FLEXIBLE_QUORUMS("a group decided by unequal quorums"),
    WITNESS_VOTED("a group had a witness"),
    WITNESS_JOINED("a server joined as a witness"),
    MINORITY_STAYED_DEAD("a minority never came back, and the rest went on");

    private final String meaning;

    Marker(String meaning) {
        this.meaning = meaning;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }
}
