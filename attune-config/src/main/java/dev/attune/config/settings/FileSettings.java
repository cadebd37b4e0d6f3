package dev.attune.config.settings;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a file of an application, in all its clusters.
 *
 * @param shared whether other applications may import it and refer to its keys
 * @param owner who answers for it; empty for nobody
 * @param tags free words to find it by
 * @param schema name of the file of the same application and cluster that holds its JSON Schema; empty for none
 */
public record FileSettings(boolean shared, String owner, List<String> tags, String schema) {
    /** What holds when nothing was said. */
    public static final FileSettings NONE = new FileSettings(false, "", List.of(), "");

    private static final int TAGS_MAX = 64;
    private static final int TEXT_MAX = 256;

    public FileSettings(boolean shared, @Nullable String owner, @Nullable List<String> tags, @Nullable String schema) {
        this.shared = shared;
        this.owner = owner == null ? "" : owner;
        this.tags = tags == null ? List.of() : List.copyOf(tags);
        this.schema = schema == null ? "" : schema;
        if (this.owner.length() > TEXT_MAX
                || this.tags.stream().anyMatch(tag -> tag.isEmpty() || tag.length() > TEXT_MAX))
            throw new IllegalArgumentException("owner, tags: too long (expected: <= " + TEXT_MAX + " characters)");
        if (this.tags.size() > TAGS_MAX)
            throw new IllegalArgumentException("tags: " + this.tags.size() + " (expected: <= " + TAGS_MAX + ")");
        if (!this.schema.isEmpty()) Names.require("schema", this.schema);
    }

    /** Where they lie. */
    public static Bytes key(String environment, String application, String file) {
        return SystemKeys.of(folder(environment, application) + Names.require("file", file));
    }

    /** Those of every file of an application. */
    public static KeyRange all(String environment, String application) {
        return KeyRange.prefix(SystemKeys.of(folder(environment, application)));
    }

    private static String folder(String environment, String application) {
        return "settings/file/" + Names.require("environment", environment) + "/"
                + Names.require("application", application) + "/";
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static FileSettings decode(Bytes stored) {
        return Records.read(stored, FileSettings.class);
    }
}
