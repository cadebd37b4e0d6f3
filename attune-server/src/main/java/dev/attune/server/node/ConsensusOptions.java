package dev.attune.server.node;

import java.time.Duration;

/**
 * How a node agrees with the others.
 *
 * @param electionTimeout how long a silent leader is waited for
 */
public record ConsensusOptions(Engine engine, Duration electionTimeout) {
    /** Raft, and an election timeout of 1 s. */
    public static ConsensusOptions defaults() {
        return new ConsensusOptions(Engine.RAFT, Duration.ofSeconds(1));
    }
}
