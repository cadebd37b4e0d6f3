package dev.attune.server.tuning;

import dev.attune.model.config.Names;

/**
 * Which policy.
 *
 * @param environment where it acts
 * @param application whose keys it changes
 * @param name unique in its application
 */
record PolicyId(String environment, String application, String name) implements Comparable<PolicyId> {
    PolicyId {
        Names.require("environment", environment);
        Names.require("application", application);
        Names.require("policy", name);
    }

    /** Whom releases and audit records name. */
    String principal() {
        return "policy " + name;
    }

    @Override
    public int compareTo(PolicyId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return environment + "/" + application + "/" + name;
    }
}
