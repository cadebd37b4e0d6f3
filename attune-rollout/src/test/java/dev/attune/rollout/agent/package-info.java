@NullMarked
package dev.attune.rollout.agent;

import org.jspecify.annotations.NullMarked;
