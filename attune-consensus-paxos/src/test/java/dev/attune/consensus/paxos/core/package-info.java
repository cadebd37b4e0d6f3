@NullMarked
package dev.attune.consensus.paxos.core;

import org.jspecify.annotations.NullMarked;
