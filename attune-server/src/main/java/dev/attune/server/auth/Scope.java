package dev.attune.server.auth;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scoped token, or a group of them, may do.
 *
 * @param grants its own
 * @param groups names of groups whose grants it also has; a group has none
 */
public record Scope(List<Grant> grants, List<String> groups) {
    /** Nothing. */
    public static final Scope NONE = new Scope(List.of(), List.of());

    private static final String FOLDER = "group/";

    public Scope(@Nullable List<Grant> grants, @Nullable List<String> groups) {
        this.grants = grants == null ? List.of() : List.copyOf(grants);
        this.groups = groups == null ? List.of() : List.copyOf(groups);
        this.groups.forEach(each -> Names.require("group", each));
        if (this.grants.size() > 64 || this.groups.size() > 32)
            throw new IllegalArgumentException("grants, groups: too many (expected: <= 64 and <= 32)");
    }

    /** Where a group lies. */
    static Bytes groupKey(String name) {
        return SystemKeys.of(FOLDER + Names.require("group", name));
    }

    static KeyRange allGroups() {
        return KeyRange.prefix(SystemKeys.of(FOLDER));
    }

    static String groupOf(Bytes key) {
        return key.toUtf8().substring(1 + FOLDER.length());
    }

    Bytes encode() {
        return Records.write(this);
    }

    static Scope decode(Bytes stored) {
        return Records.read(stored, Scope.class);
    }
}
