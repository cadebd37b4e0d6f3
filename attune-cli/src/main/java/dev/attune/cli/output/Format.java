package dev.attune.cli.output;

/** For whom a command prints. */
public enum Format {
    /** Tables for people. */
    table,
    /** JSON for programs; streams print one object a line. */
    json
}
