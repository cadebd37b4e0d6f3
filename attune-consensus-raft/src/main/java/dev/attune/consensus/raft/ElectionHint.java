package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.option.RaftOptions;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shortens the election timeout for a moment when the connection to the leader closed: usually its process died. A
 * leader that lives goes on sending heartbeats over a new connection, and then nothing happens; and as before every
 * vote is preceded by a pre-vote, which only succeeds when a majority has lost the leader too (G10).
 */
final class ElectionHint {
    private static final int HURRIED_SHARE = 5;
    private static final int HURRIED_MILLIS_MIN = 150;

    private final Node node;
    private final RaftOptions options;
    private final ScheduledExecutorService timer;
    private final int usualMillis;
    private final int usualSpreadMillis;
    // Guarded by this.
    private boolean hurried;
    private long round;

    ElectionHint(Node node, RaftOptions options, ScheduledExecutorService timer, int usualMillis) {
        this.node = node;
        this.options = options;
        this.timer = timer;
        this.usualMillis = usualMillis;
        this.usualSpreadMillis = options.getMaxElectionDelayMs();
    }

    synchronized void hurry() {
        int millis = Math.max(HURRIED_MILLIS_MIN, usualMillis / HURRIED_SHARE);
        if (hurried || millis >= usualMillis) return;
        hurried = true;
        long mine = ++round;
        options.setMaxElectionDelayMs(millis);
        node.resetElectionTimeoutMs(millis);
        timer.schedule(() -> relax(mine), 2L * usualMillis, TimeUnit.MILLISECONDS);
    }

    /** The group has a leader again, or the hint has had its time. */
    synchronized void relax() {
        if (!hurried) return;
        hurried = false;
        options.setMaxElectionDelayMs(usualSpreadMillis);
        node.resetElectionTimeoutMs(usualMillis);
    }

    private synchronized void relax(long whichRound) {
        if (whichRound == round) relax();
    }
}
