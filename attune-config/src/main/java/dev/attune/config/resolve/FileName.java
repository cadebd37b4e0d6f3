package dev.attune.config.resolve;

import dev.attune.model.config.Names;

/** A file of an application, in whichever cluster the reader's lookup finds it. */
public record FileName(String application, String file) {
    public FileName {
        Names.require("application", application);
        Names.require("file", file);
    }

    /** Reads {@code app/file}, or {@code file} of {@code application}. */
    static FileName parse(String application, String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new FileName(application, text)
                : new FileName(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return application + "/" + file;
    }
}
