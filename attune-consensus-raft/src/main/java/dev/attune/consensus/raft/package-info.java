/**
 * The Raft engine: SOFAJRaft behind {@link dev.attune.consensus.ReplicatedLog}, with our durable log as its log and
 * vote storage and our peer transport as its network. Nothing of its own transport, storage or administration
 * services is on the class path or on the wire.
 */
@NullMarked
package dev.attune.consensus.raft;

import org.jspecify.annotations.NullMarked;
