package dev.attune.simulator.disk;

/** A write found no space; the server stops. */
public final class DiskFullException extends RuntimeException {
    private static final long serialVersionUID = 1;
}
