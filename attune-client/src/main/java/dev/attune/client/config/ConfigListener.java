package dev.attune.client.config;

/**
 * Told of each new snapshot in which a file changed, once and in order, by the client's one listener thread. What it
 * throws is logged; others and later changes are not affected (S2).
 */
@FunctionalInterface
public interface ConfigListener {
    void changed(ConfigChange change);
}
