/**
 * What members say to each other and what they write down: ballots, entries, messages and their bounded binary form.
 */
@NullMarked
package dev.attune.consensus.paxos.message;

import org.jspecify.annotations.NullMarked;
