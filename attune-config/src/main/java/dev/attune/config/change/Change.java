package dev.attune.config.change;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.util.List;

/**
 * A set of edits over several files of one environment.
 *
 * @param id unique in the environment
 * @param state where it is
 * @param author who wrote it
 * @param message why, in the author's words
 * @param createdMillis when, in milliseconds since 1970
 * @param edits what it does, without the texts
 * @param approvers who approved it, once each
 * @param dueMillis when it is to be released, in milliseconds since 1970; 0 when nothing is planned
 * @param note why it was rejected, or what kept a planned release from happening; empty otherwise
 * @param results what was released, in the order of the edits; empty before
 */
public record Change(
        String id,
        ChangeState state,
        String author,
        String message,
        long createdMillis,
        List<ChangeEdit> edits,
        List<String> approvers,
        long dueMillis,
        String note,
        List<Result> results) {
    /** Most files of one change. */
    public static final int FILES_MAX = 40;

    /** Largest sum of its texts, in bytes. */
    public static final int BYTES_MAX = 1 << 20;

    private static final String FOLDER = "change/";
    private static final String TEXTS = "change-text/";

    /**
     * What became of one edit.
     *
     * @param before the release that was current, 0 for none
     * @param after the release that is current since, 0 when the file was deleted
     */
    public record Result(long before, long after) {}

    public Change {
        Names.require("change", id);
        edits = List.copyOf(edits);
        approvers = List.copyOf(approvers);
        results = List.copyOf(results);
    }

    /** Where it lies. */
    public static Bytes key(String environment, String id) {
        return SystemKeys.of(FOLDER + Names.require("environment", environment) + "/" + Names.require("change", id));
    }

    /** Those of an environment. */
    public static KeyRange all(String environment) {
        return KeyRange.prefix(SystemKeys.of(FOLDER + Names.require("environment", environment) + "/"));
    }

    /** Those of every environment. */
    public static KeyRange all() {
        return KeyRange.prefix(SystemKeys.of(FOLDER));
    }

    /** The environment that a key is about. */
    public static String environmentOf(Bytes key) {
        String[] parts = key.toUtf8().split("/", -1);
        return parts[1];
    }

    /** Where the text of an edit lies. */
    public static Bytes textKey(String environment, String id, int edit) {
        return SystemKeys.of(TEXTS + environment + "/" + id + "/" + edit);
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static Change decode(Bytes stored) {
        return Records.read(stored, Change.class);
    }

    Change in(ChangeState next, List<String> approved, long due, String why) {
        return new Change(id, next, author, message, createdMillis, edits, approved, due, why, results);
    }

    /** One file of a change in this environment. */
    public Coordinate file(String environment, ChangeEdit edit) {
        return new Coordinate(environment, edit.application(), edit.cluster(), edit.file());
    }
}
