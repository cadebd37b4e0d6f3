/** Talking to the centre over REST: where it is, who we are, what an answer means. */
@NullMarked
package dev.attune.cli.api;

import org.jspecify.annotations.NullMarked;
