package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How a node agrees with the others.
 *
 * @param electionTimeout how long a silent leader is waited for
 * @param quorums who decides in a new cluster, on all its nodes the same; empty for a majority. Paxos only
 * @param witnesses the nodes of a new cluster that vote and keep no data, on all its nodes the same; or the node that
 *     joins as one. Paxos only
 */
public record ConsensusOptions(
        Engine engine, Duration electionTimeout, Optional<QuorumSystem> quorums, SortedSet<MemberId> witnesses) {
    public ConsensusOptions {
        witnesses = Collections.unmodifiableSortedSet(new TreeSet<>(witnesses));
        if (!witnesses.isEmpty() && engine != Engine.PAXOS)
            throw new IllegalArgumentException("witnesses: " + witnesses + " (expected: none with " + engine + ")");
        if (quorums.isPresent() && engine != Engine.PAXOS)
            throw new IllegalArgumentException("quorums: " + quorums.get() + " (expected: none with " + engine + ")");
    }

    /** Without witnesses. */
    public ConsensusOptions(Engine engine, Duration electionTimeout, Optional<QuorumSystem> quorums) {
        this(engine, electionTimeout, quorums, new TreeSet<>());
    }

    /** Raft, and an election timeout of 1 s. */
    public static ConsensusOptions defaults() {
        return new ConsensusOptions(Engine.RAFT, Duration.ofSeconds(1), Optional.empty());
    }

    /** The same by other quorums. */
    public ConsensusOptions withQuorums(QuorumSystem other) {
        return new ConsensusOptions(engine, electionTimeout, Optional.of(other), witnesses);
    }

    /** The same with some nodes as witnesses. */
    public ConsensusOptions withWitnesses(Collection<MemberId> some) {
        return new ConsensusOptions(engine, electionTimeout, quorums, new TreeSet<>(some));
    }
}
