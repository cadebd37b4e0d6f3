/** The network between servers, and between clients and servers. */
@NullMarked
package dev.attune.simulator.net;

import org.jspecify.annotations.NullMarked;
