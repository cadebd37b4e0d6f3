package dev.attune.server.cluster;

import dev.attune.consensus.MemberId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/**
 * Operations on the cluster; any node takes them and sends them on to the leader. Callable from any thread; all but
 * {@link #writeBackup} never block.
 */
public interface Cluster {
    ClusterStatus status();

    /** Adds a member that follows without a vote; it must be started with {@code --join}. */
    CompletableFuture<Void> addLearner(Member member);

    /** The same for one that will vote and keeps no data; refused unless the cluster agrees by Paxos. */
    CompletableFuture<Void> addWitness(Member member);

    /** Gives a learner that has caught up a vote. */
    CompletableFuture<Void> promote(MemberId member);

    /** Takes a member out for good; its id is never used again. */
    CompletableFuture<Void> remove(MemberId member);

    /** Hands leadership over; completes once the old leader no longer leads. */
    CompletableFuture<Void> transferLeadership(MemberId to);

    /** Writes everything as of one revision, with its checksum; blocks the calling thread until it is written. */
    void writeBackup(OutputStream out) throws IOException;
}
