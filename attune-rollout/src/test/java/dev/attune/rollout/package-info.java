@NullMarked
package dev.attune.rollout;

import org.jspecify.annotations.NullMarked;
