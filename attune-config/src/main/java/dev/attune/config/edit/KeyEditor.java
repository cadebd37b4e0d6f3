package dev.attune.config.edit;

/** Rewrites one key of a valid text; what it gets wrong, {@link KeyEdits} refuses. */
interface KeyEditor {
    String set(String text, String key, String value);

    String remove(String text, String key);
}
