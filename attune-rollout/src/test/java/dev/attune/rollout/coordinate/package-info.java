@NullMarked
package dev.attune.rollout.coordinate;

import org.jspecify.annotations.NullMarked;
