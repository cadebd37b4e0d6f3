/**
 * The seams between agreement and what is agreed on: a {@link dev.attune.consensus.ReplicatedLog} carries opaque
 * commands to a {@link dev.attune.consensus.StateMachine} on every member, in one order. Raft and Multi-Paxos stand
 * behind the same seam and pass the same contract tests.
 */
@NullMarked
package dev.attune.consensus;

import org.jspecify.annotations.NullMarked;
