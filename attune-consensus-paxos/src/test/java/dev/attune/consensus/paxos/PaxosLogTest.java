package dev.attune.consensus.paxos;

import dev.attune.consensus.LogCluster;
import dev.attune.consensus.ReplicatedLogContract;
import java.nio.file.Path;
import java.time.Duration;

final class PaxosLogTest extends ReplicatedLogContract {
    @Override
    protected LogCluster newCluster(Path root) {
        return new PaxosCluster(root, Duration.ofSeconds(1));
    }
}
