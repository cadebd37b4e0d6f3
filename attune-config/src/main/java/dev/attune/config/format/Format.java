package dev.attune.config.format;

import java.util.Locale;

/** What kind of document a file is; its name's suffix says so. */
public enum Format {
    PROPERTIES,
    YAML,
    JSON,
    TOML,
    XML,
    /** Any other suffix: kept as text, so it has no keys and its syntax is not checked. */
    TEXT;

    /** The format of a file of this name; a name without a suffix is properties. Suffixes ignore case. */
    public static Format of(String file) {
        int dot = file.lastIndexOf('.');
        if (dot < 0) return PROPERTIES;
        switch (file.substring(dot + 1).toLowerCase(Locale.ROOT)) {
            case "properties":
                return PROPERTIES;
            case "yaml":
            case "yml":
                return YAML;
            case "json":
                return JSON;
            case "toml":
                return TOML;
            case "xml":
                return XML;
            default:
                return TEXT;
        }
    }

    /** Whether {@link Documents} reads keys out of such files. */
    public boolean hasKeys() {
        return this != TEXT;
    }
}
