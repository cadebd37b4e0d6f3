/** The Raft engine under the contract of every engine, and what is its own. */
@NullMarked
package dev.attune.consensus.paxos;

import org.jspecify.annotations.NullMarked;
