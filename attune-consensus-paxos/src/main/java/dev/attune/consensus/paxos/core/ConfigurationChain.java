package dev.attune.consensus.paxos.core;

import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.Optional;

/**
 * Which configurations of a log count: those whose number follows the one in force. Others were proposed by a leader
 * that did not know of a change and must have no effect, on any member.
 */
public final class ConfigurationChain {
    private ConfigurationChain() {}

    /** The configuration in force behind {@code entry} when it changes it; empty when it does not. */
    public static Optional<Configuration> changeBy(Entry entry, Configuration inForce) {
        if (entry.kind() != Entry.Kind.CONFIGURATION) return Optional.empty();
        Configuration next = ConfigurationCodec.decode(entry.value());
        return next.number() == inForce.number() + 1 ? Optional.of(next) : Optional.empty();
    }
}
