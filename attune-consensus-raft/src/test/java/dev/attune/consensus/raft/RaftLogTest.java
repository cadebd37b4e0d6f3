package dev.attune.consensus.raft;

import dev.attune.consensus.LogCluster;
import dev.attune.consensus.ReplicatedLogContract;
import java.nio.file.Path;
import java.time.Duration;

final class RaftLogTest extends ReplicatedLogContract {
    @Override
    protected LogCluster newCluster(Path root) {
        return new RaftCluster(root, Duration.ofSeconds(1));
    }
}
