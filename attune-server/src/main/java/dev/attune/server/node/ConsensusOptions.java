package dev.attune.server.node;

import dev.attune.consensus.paxos.quorum.QuorumSystem;
import java.time.Duration;
import java.util.Optional;

/**
 * How a node agrees with the others.
 *
 * @param electionTimeout how long a silent leader is waited for
 * @param quorums who decides in a new cluster, on all its nodes the same; empty for a majority. Paxos only
 */
public record ConsensusOptions(Engine engine, Duration electionTimeout, Optional<QuorumSystem> quorums) {
    public ConsensusOptions {
        if (quorums.isPresent() && engine != Engine.PAXOS)
            throw new IllegalArgumentException("quorums: " + quorums.get() + " (expected: none with " + engine + ")");
    }

    /** Raft, and an election timeout of 1 s. */
    public static ConsensusOptions defaults() {
        return new ConsensusOptions(Engine.RAFT, Duration.ofSeconds(1), Optional.empty());
    }

    /** The same by other quorums. */
    public ConsensusOptions withQuorums(QuorumSystem other) {
        return new ConsensusOptions(engine, electionTimeout, Optional.of(other));
    }
}
