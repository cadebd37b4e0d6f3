package dev.attune.consensus.paxos.core;

import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One member of a Multi-Paxos group, as a function of what happens to it. One thread.
 */
public final class PaxosCore {
    private final Configuration configuration;
    private long steps;

    /**
     * @param jitter spreads elections; nothing else is left to chance
     */
    public PaxosCore(CoreOptions options, Recovered recovered, RandomGenerator jitter) {
        this.configuration = recovered.configuration();
    }

    /** Takes one input and says what is to be done. The first one should be a tick, which starts the timers. */
    public Effects step(Input input) {
        steps++;
        return new Effects(steps, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** The configuration in force for the next slot. */
    public Configuration configuration() {
        return configuration;
    }
}
