package dev.attune.spring.source;

/** An import from the centre could not be carried out; says why and what to do. */
public final class AttuneImportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    AttuneImportException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** What to do. */
    public String action() {
        return action;
    }
}
