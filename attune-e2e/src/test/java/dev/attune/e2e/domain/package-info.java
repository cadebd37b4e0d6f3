/** The configuration centre's domain over REST and the command, against every node of a cluster of real processes. */
@NullMarked
package dev.attune.e2e.domain;

import org.jspecify.annotations.NullMarked;
