/** What clients and watchers of a run saw: calls, watch deliveries and the committed log. */
@NullMarked
package dev.attune.simulator.history;

import org.jspecify.annotations.NullMarked;
