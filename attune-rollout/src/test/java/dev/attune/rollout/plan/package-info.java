@NullMarked
package dev.attune.rollout.plan;

import org.jspecify.annotations.NullMarked;
