package dev.attune.server.auth;

/** What a route demands of its caller. Every route names exactly one; there is no default. */
public enum Permission {
    /** Nothing: only for answers that tell nothing about the data, such as whether the process is up. */
    PUBLIC,
    /** Any valid token, whatever it may do: for answers about the caller. */
    KNOWN,
    /** To see configuration, keys and the state of the cluster. */
    READ,
    /** To change configuration, keys and leases. */
    PUBLISH,
    /** To change the cluster, its members and its tokens, and to take copies of all data. */
    ADMIN
}
