/** Clients and watchers: what they ask for, how they repeat it, and what they were told. */
@NullMarked
package dev.attune.simulator.client;

import org.jspecify.annotations.NullMarked;
