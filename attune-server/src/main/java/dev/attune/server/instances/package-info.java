/** The instances that are connected, on whichever node, and what they report. */
@NullMarked
package dev.attune.server.instances;

import org.jspecify.annotations.NullMarked;
