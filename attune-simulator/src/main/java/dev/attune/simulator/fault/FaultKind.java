package dev.attune.simulator.fault;

/** The menu. Each seed switches some of it off and weighs the rest ({@link Swarm}). */
public enum FaultKind {
    MESSAGE_LOSS(Group.NETWORK, "single messages between servers are lost"),
    MESSAGE_DUPLICATION(Group.NETWORK, "single messages arrive twice"),
    HEAVY_TAIL_DELAY(Group.NETWORK, "single messages take very long"),
    REORDER(Group.NETWORK, "messages overtake each other"),
    STALE_REPLAY(Group.NETWORK, "an old message arrives again much later, also after a restart"),
    SLOW_LINK(Group.NETWORK, "everything between two servers is slow for a while"),
    ONE_WAY_CUT(Group.NETWORK, "one server no longer reaches another, but is reached"),
    ISOLATION(Group.NETWORK, "one server is cut off from all others"),
    SPLIT(Group.NETWORK, "the servers fall into two groups"),
    BRIDGE(Group.NETWORK, "two groups that only one server reaches both of"),
    FLAPPING_CUT(Group.NETWORK, "a link comes and goes"),
    LINK_RESET(Group.NETWORK, "everything in flight between two servers is lost"),
    LEADERS_IN_TURN(Group.NETWORK, "one leader after the other is cut off, in part or whole, while it proposes on"),
    UNAWARE_LEADER(Group.NETWORK, "a leader is cut off from servers, not clients, and goes on beside the next one"),
    CLIENT_LINK_LOSS(Group.NETWORK, "requests or answers of clients are lost"),

    CRASH(Group.PROCESS, "a server dies between two steps"),
    CRASH_BEFORE_WRITE(Group.PROCESS, "a server dies before it writes to its log"),
    CRASH_AFTER_WRITE(Group.PROCESS, "a server dies after it wrote to its log, before the sync"),
    CRASH_BEFORE_SYNC_RETURNS(Group.PROCESS, "a server dies while a sync is under way"),
    CRASH_AFTER_SYNC(Group.PROCESS, "a server dies after a sync, before it acts on it"),
    CRASH_BEFORE_SEND(Group.PROCESS, "a server dies before a message leaves"),
    CRASH_AFTER_SEND(Group.PROCESS, "a server dies after a message left, before the others of the step"),
    CRASH_WHILE_APPLYING(Group.PROCESS, "a server dies between two applied entries"),
    CRASH_DURING_SNAPSHOT(Group.PROCESS, "a server dies while it writes or installs a snapshot"),
    CRASH_STORM(Group.PROCESS, "several servers die within a tenth of a second"),
    POWER_LOSS_ALL(Group.PROCESS, "all servers lose power at once, with everything unsynced"),
    POWER_LOSS_ONE(Group.PROCESS, "one server loses power"),
    ORDERLY_RESTART(Group.PROCESS, "a server is told to stop, and starts again"),
    PAUSE(Group.PROCESS, "a server stops for a while and goes on with what has queued up"),
    SLOW_CPU(Group.PROCESS, "a server takes long for each step"),

    LOST_UNSYNCED_WRITES(Group.DISK, "a power loss takes a random part of what was not synced"),
    TORN_WRITE(Group.DISK, "the last write survives in part"),
    BIT_FLIP(Group.DISK, "a synced record rots while its server is down; good copies exist elsewhere"),
    SYNC_ERROR(Group.DISK, "a sync fails and what it should have written is gone"),
    DISK_FULL(Group.DISK, "a write fails for want of space"),
    SLOW_SYNC(Group.DISK, "each sync takes long for a while"),
    SYNC_STALL(Group.DISK, "one sync takes seconds"),
    EMPTY_DISK(Group.DISK, "a server comes back with an empty disk under its name"),
    OLD_STATE_FILE(Group.DISK, "the state file comes back as it was some time ago"),
    OLD_DISK_IMAGE(Group.DISK, "a removed server comes back with the disk it once had"),

    CLOCK_OFFSET(Group.CLOCK, "a server's clock starts elsewhere"),
    CLOCK_FAST(Group.CLOCK, "a server's clock runs fast"),
    CLOCK_SLOW(Group.CLOCK, "a server's clock runs slow"),
    CLOCK_JUMP(Group.CLOCK, "a server's clock jumps ahead"),
    CLOCK_FROZEN(Group.CLOCK, "a server's clock stands still for a while"),

    CLIENT_TIMEOUT(Group.CLIENT, "a client waits very shortly and repeats under the same request id"),
    CLIENT_DUPLICATE(Group.CLIENT, "a client's request arrives twice"),
    CLIENT_GIVES_UP(Group.CLIENT, "a client gives up; what became of its call is unknown"),
    SLOW_WATCHER(Group.CLIENT, "a watcher takes its messages slowly"),
    WATCH_CANCEL(Group.CLIENT, "a watcher closes its watch at any moment"),
    WATCH_ANYWHERE(Group.CLIENT, "a watch opens at a past, compacted or future revision"),

    COMPACTION(Group.OPERATION, "history is compacted, up to the newest revision"),
    SNAPSHOT(Group.OPERATION, "a server writes a snapshot and cuts its log"),
    ADD_SERVER(Group.OPERATION, "a server joins as learner and is given a vote"),
    REMOVE_SERVER(Group.OPERATION, "a server is taken out, the leader too"),
    RIVAL_CHANGES(Group.OPERATION, "a leader that is cut off and the one after it both change the members"),
    HAND_OVER(Group.OPERATION, "the leader hands over");

    /** What part of the world a fault concerns. */
    public enum Group {
        NETWORK,
        PROCESS,
        DISK,
        CLOCK,
        CLIENT,
        OPERATION
    }

    private final Group group;
    private final String meaning;

    FaultKind(Group group, String meaning) {
        this.group = group;
        this.meaning = meaning;
    }

    public Group group() {
        return group;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }
}
