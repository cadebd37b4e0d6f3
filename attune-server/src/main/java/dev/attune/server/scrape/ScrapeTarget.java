package dev.attune.server.scrape;

import dev.attune.server.signals.SignalScope;
import java.net.URI;

/**
 * Where an instance exposes what it measures.
 *
 * @param scope its application
 * @param instance its id
 * @param address with http or https, a host, and a path
 */
public record ScrapeTarget(SignalScope scope, String instance, URI address) {
    public ScrapeTarget {
        String scheme = String.valueOf(address.getScheme());
        if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null)
            throw new IllegalArgumentException("address: " + address + " (expected: as in http://host:port/metrics)");
        if (instance.isEmpty()) throw new IllegalArgumentException("instance: empty (expected: an id)");
    }
}
