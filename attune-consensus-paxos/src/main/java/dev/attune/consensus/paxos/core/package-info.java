/**
 * The Multi-Paxos core: {@code step(input)} gives effects. No clock, thread, socket, file, log line or randomness of its
 * own; a host (real or simulated) hands all of that in and carries the effects out.
 */
@NullMarked
package dev.attune.consensus.paxos.core;

import org.jspecify.annotations.NullMarked;
