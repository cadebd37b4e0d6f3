package dev.attune.config.settings;

import dev.attune.config.record.Records;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an environment.
 *
 * @param approvals how many people other than its author must approve a change; 0 lets anybody with the right release
 * @param freezes when nothing is released
 * @param keepReleases how many releases of a file are kept at least; 0 keeps all
 * @param keepDays for how long a release is kept at least; counts only with {@code keepReleases}
 */
public record EnvironmentSettings(int approvals, List<Freeze> freezes, int keepReleases, int keepDays) {
    /** What holds when nothing was said. */
    public static final EnvironmentSettings NONE = new EnvironmentSettings(0, List.of(), 0, 0);

    private static final String FOLDER = "settings/env/";

    /**
     * A time in which nothing is released. Rolling back stays possible.
     *
     * @param fromMillis first millisecond, since 1970
     * @param toMillis first millisecond after it
     * @param reason told to whoever is refused
     */
    public record Freeze(long fromMillis, long toMillis, String reason) {
        public Freeze {
            if (toMillis <= fromMillis) throw new IllegalArgumentException("freeze: ends before it begins");
        }
    }

    public EnvironmentSettings(int approvals, @Nullable List<Freeze> freezes, int keepReleases, int keepDays) {
        if (approvals < 0 || approvals > 16)
            throw new IllegalArgumentException("approvals: " + approvals + " (expected: 0..16)");
        if (keepReleases < 0 || keepDays < 0)
            throw new IllegalArgumentException("keepReleases, keepDays: negative (expected: >= 0)");
        this.approvals = approvals;
        this.freezes = freezes == null ? List.of() : List.copyOf(freezes);
        this.keepReleases = keepReleases;
        this.keepDays = keepDays;
        if (this.freezes.size() > 64) throw new IllegalArgumentException("freezes: more than 64");
    }

    /**
     * Returns when a release may be made now.
     *
     * @throws AttuneException {@code FAILED_PRECONDITION} with the reason and the end of the freeze
     */
    public void requireThawed(long nowMillis) {
        for (Freeze each : freezes)
            if (nowMillis >= each.fromMillis && nowMillis < each.toMillis)
                throw new AttuneException(
                        ErrorCode.FAILED_PRECONDITION,
                        "frozen until " + Instant.ofEpochMilli(each.toMillis) + ": " + each.reason
                                + " (expected: wait, or roll back, which stays possible)");
    }

    /** Where they lie. */
    public static Bytes key(String environment) {
        return SystemKeys.of(FOLDER + Names.require("environment", environment));
    }

    /** Those of every environment. */
    public static KeyRange all() {
        return KeyRange.prefix(SystemKeys.of(FOLDER));
    }

    /** The environment that a key of {@link #all} is about. */
    public static String environmentOf(Bytes key) {
        return key.toUtf8().substring(1 + FOLDER.length());
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static EnvironmentSettings decode(Bytes stored) {
        return Records.read(stored, EnvironmentSettings.class);
    }
}
