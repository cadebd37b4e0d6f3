/** What the leader keeps of signals. */
@NullMarked
package dev.attune.server.signals;

import org.jspecify.annotations.NullMarked;
