@NullMarked
package dev.attune.rollout.record;

import org.jspecify.annotations.NullMarked;
