package dev.attune.server.files;

import java.util.List;

/** Names in use, sorted, as of a revision of the store. */
public record NameListing(long revision, List<String> names) {
    public NameListing {
        names = List.copyOf(names);
    }
}
