/**
 * Whose agreement is enough: quorum systems as values, and the configurations that name one.
 */
@NullMarked
package dev.attune.consensus.paxos.quorum;

import org.jspecify.annotations.NullMarked;
