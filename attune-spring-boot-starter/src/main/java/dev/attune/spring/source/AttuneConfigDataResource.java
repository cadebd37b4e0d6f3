package dev.attune.spring.source;

import org.springframework.boot.context.config.ConfigDataResource;

/** What one import location means: a selection of files, and the connection that it is read over. */
final class AttuneConfigDataResource extends ConfigDataResource {
    private final AttuneConnection connection;
    private final Selection selection;
    private final boolean optional;

    AttuneConfigDataResource(AttuneConnection connection, Selection selection, boolean optional) {
        super(optional || selection.profile() != null);
        this.connection = connection;
        this.selection = selection;
        this.optional = optional;
    }

    AttuneConnection connection() {
        return connection;
    }

    Selection selection() {
        return selection;
    }

    /** Whether the application starts without the centre. */
    boolean isOptional() {
        return optional;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AttuneConfigDataResource that && selection.equals(that.selection);
    }

    @Override
    public int hashCode() {
        return selection.hashCode();
    }

    @Override
    public String toString() {
        return selection.sourceName();
    }
}
