/** One thing at a time on borrowed threads, and watches that feed it. */
@NullMarked
package dev.attune.server.lane;

import org.jspecify.annotations.NullMarked;
