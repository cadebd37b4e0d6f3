/** Multi-Paxos behind the {@link dev.attune.consensus.ReplicatedLog} seam: the host of the pure core. */
@NullMarked
package dev.attune.consensus.paxos;

import org.jspecify.annotations.NullMarked;
