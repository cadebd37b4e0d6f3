package dev.attune.simulator.world;

/** Between which two actions a server may die. */
enum CrashPoint {
    BEFORE_WRITE,
    AFTER_WRITE,
    DURING_SYNC,
    AFTER_SYNC,
    BEFORE_SEND,
    AFTER_SEND,
    APPLYING,
    SNAPSHOT
}
