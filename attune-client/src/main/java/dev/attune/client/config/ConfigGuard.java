package dev.attune.client.config;

import java.util.Optional;

/**
 * Asked before a new state is put in force; may veto it. What is vetoed is never read by anybody: the former state stays
 * in force as a whole, and the centre is told the reason. Called by the client's one listener thread.
 */
@FunctionalInterface
public interface ConfigGuard {
    /** The reason against the change, or nothing to let it pass. What it throws counts as a veto. */
    Optional<String> veto(ConfigChange change);
}
