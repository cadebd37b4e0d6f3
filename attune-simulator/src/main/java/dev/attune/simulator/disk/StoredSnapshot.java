package dev.attune.simulator.disk;

import dev.attune.consensus.paxos.quorum.Configuration;

/**
 * A snapshot on a disk, or on its way to a peer.
 *
 * @param slot the last one in it
 * @param configuration the one in force behind it
 * @param state as the store wrote it
 */
public record StoredSnapshot(long slot, Configuration configuration, byte[] state) {}
