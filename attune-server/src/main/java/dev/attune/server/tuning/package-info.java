/**
 * Policies at work: on the leader, each tick is one transaction that holds the decision, what it changes and what the
 * policy remembers; on every node, what people ask of policies.
 */
@NullMarked
package dev.attune.server.tuning;

import org.jspecify.annotations.NullMarked;
