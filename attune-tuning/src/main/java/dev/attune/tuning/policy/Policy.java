package dev.attune.tuning.policy;

import dev.attune.model.config.Names;

/** A policy. */
public sealed interface Policy permits TuningPolicy, RolloutPolicy {
    Metadata metadata();

    /**
     * Whose policy it is.
     *
     * @param name within its application
     * @param namespace of the application; a policy never acts outside of it
     * @param app the application
     * @param owner who is told; may be empty
     */
    record Metadata(String name, String namespace, String app, String owner) {
        public Metadata {
            Names.require("name", name);
            Names.require("namespace", namespace);
            Names.require("app", app);
            if (owner.length() > Names.LENGTH_MAX)
                throw new IllegalArgumentException("owner: " + owner.length() + " characters (expected: <= 128)");
        }
    }
}
