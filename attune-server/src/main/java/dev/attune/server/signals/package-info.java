/** Signals of the fleet: taken on every node, kept on the leader, joined to instances and what they applied. */
@NullMarked
package dev.attune.server.signals;

import org.jspecify.annotations.NullMarked;
