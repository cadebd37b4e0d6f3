package dev.attune.simulator.world;

/** Ends a server's step at once: it has reached the point where it dies. */
final class CrashNow extends RuntimeException {
    private static final long serialVersionUID = 1;

    CrashNow() {
        super("", null, false, false);
    }
}
