@NullMarked
package dev.attune.consensus.paxos.quorum;

import org.jspecify.annotations.NullMarked;
