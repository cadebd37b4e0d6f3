/** Recorded clients and watchers that put a cluster under load through the SDK. */
@NullMarked
package dev.attune.e2e.workload;

import org.jspecify.annotations.NullMarked;
