package dev.attune.simulator.judge;

/** Ends a run: an invariant does not hold. */
public final class BrokenInvariant extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    public BrokenInvariant(Invariant invariant, String detail) {
        super(invariant + ": " + detail);
        this.invariant = invariant;
    }

    public BrokenInvariant(Invariant invariant, String detail, Throwable cause) {
        super(invariant + ": " + detail, cause);
        this.invariant = invariant;
    }

    public Invariant invariant() {
        return invariant;
    }
}
