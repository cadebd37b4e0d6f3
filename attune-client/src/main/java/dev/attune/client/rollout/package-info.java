/** An instance's part in rollouts, free of threads, disks and connections. */
@NullMarked
package dev.attune.client.rollout;

import org.jspecify.annotations.NullMarked;
