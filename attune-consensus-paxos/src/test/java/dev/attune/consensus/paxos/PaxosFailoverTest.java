package dev.attune.consensus.paxos;

import dev.attune.consensus.FailoverContract;
import dev.attune.consensus.LogCluster;
import java.nio.file.Path;
import java.time.Duration;

final class PaxosFailoverTest extends FailoverContract {
    @Override
    protected LogCluster newCluster(Path root, Duration electionTimeout) {
        return new PaxosCluster(root, electionTimeout);
    }
}
