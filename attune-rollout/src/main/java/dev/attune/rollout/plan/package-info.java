/** What a rollout is to do: files, strategy, limits. Set when it is made, and never changed but for the releases it replaces. */
@NullMarked
package dev.attune.rollout.plan;

import org.jspecify.annotations.NullMarked;
