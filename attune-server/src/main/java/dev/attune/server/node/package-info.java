/**
 * One running node: the state behind its lock, the log that drives it, forwarding to the leader, leases, watches and
 * the comparison of states.
 */
@NullMarked
package dev.attune.server.node;

import org.jspecify.annotations.NullMarked;
