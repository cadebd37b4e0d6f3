@NullMarked
package dev.attune.consensus.paxos.message;

import org.jspecify.annotations.NullMarked;
