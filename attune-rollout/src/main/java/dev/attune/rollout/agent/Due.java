package dev.attune.rollout.agent;

import dev.attune.model.rollout.Directive;

/**
 * A directive that a subscription is to be sent, after every update up to the directive's revision.
 *
 * @param subscription as the host named it
 */
public record Due(long subscription, Directive directive) {}
