package dev.attune.config.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a file says it imports: the key {@code attune.import}, a list or names with commas between them. */
public final class Imports {
    /** The key that names what a file imports, the strongest first. */
    public static final String KEY = "attune.import";

    private Imports() {}

    static boolean isImport(String key) {
        return key.equals(KEY) || key.startsWith(KEY + "[");
    }

    /**
     * What a file with these keys imports.
     *
     * @throws IllegalArgumentException for what is no name of a file
     */
    public static List<FileName> of(String application, Map<String, String> keys) {
        List<FileName> imports = new ArrayList<>();
        String together = keys.get(KEY);
        if (together != null)
            for (String each : together.split(","))
                if (!each.isBlank()) imports.add(FileName.parse(application, each.strip()));
        for (int i = 0; keys.containsKey(KEY + "[" + i + "]"); i++)
            imports.add(FileName.parse(
                    application, String.valueOf(keys.get(KEY + "[" + i + "]")).strip()));
        return imports;
    }
}
