/** Signals fetched from instances that expose them as Prometheus does. */
@NullMarked
package dev.attune.server.scrape;

import org.jspecify.annotations.NullMarked;
