package dev.attune.consensus.raft;

import dev.attune.consensus.FailoverContract;
import dev.attune.consensus.LogCluster;
import java.nio.file.Path;
import java.time.Duration;

final class RaftFailoverTest extends FailoverContract {
    @Override
    protected LogCluster newCluster(Path root, Duration electionTimeout) {
        return new RaftCluster(root, electionTimeout);
    }
}
