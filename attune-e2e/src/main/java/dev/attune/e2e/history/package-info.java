/** What clients and watchers of a run saw: calls, watch deliveries and the committed log, and their JSON Lines form. */
@NullMarked
package dev.attune.e2e.history;

import org.jspecify.annotations.NullMarked;
