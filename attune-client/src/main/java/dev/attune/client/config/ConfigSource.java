package dev.attune.client.config;

/** Where what an application reads came from. */
public enum ConfigSource {
    /** From a member of the centre. */
    CENTRE,
    /** From the local copy of an earlier run, because no member has answered yet (S3). */
    SNAPSHOT,
    /** From nowhere: no member has answered and there is no local copy. */
    NONE
}
