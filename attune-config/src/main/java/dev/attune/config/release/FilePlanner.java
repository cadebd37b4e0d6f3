package dev.attune.config.release;

import dev.attune.config.format.Documents;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Digests;
import dev.attune.model.config.Release;
import dev.attune.model.config.ReleaseKind;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Encoder;
import java.util.List;
import java.util.Optional;

/**
 * Turns calls on files into transactions. Each writes the next release and moves the pointer at one revision, guarded
 * by the pointer's last revision, so that of two writers one wins and the other plans again from the pointer that its
 * refused transaction returns.
 */
public final class FilePlanner {
    private final int textBytesMax;

    /**
     * @param textBytesMax largest text of a file, in bytes
     */
    public FilePlanner(int textBytesMax) {
        if (textBytesMax < 1) throw new IllegalArgumentException("textBytesMax: " + textBytesMax + " (expected: >= 1)");
        this.textBytesMax = textBytesMax;
    }

    /**
     * Publishes a text. The text that is current already makes no release.
     *
     * @param present the file's pointer, empty when there never was one
     * @throws AttuneException {@code CONFLICT} when the draft's base is not current, {@code TOO_LARGE}, or
     *     {@link dev.attune.config.format.InvalidDocumentException} with the place in the text
     */
    public FilePlan publish(Coordinate file, Optional<Pointer> present, Bytes text, Draft draft) {
        checkText(file, text);
        checkBase(present, draft);
        return release(file, present, text, ReleaseKind.NORMAL, draft);
    }

    /**
     * Checks a text as {@link #publish} does: its size, and its syntax when the format is one that is parsed.
     *
     * @throws AttuneException as {@link #publish} does
     */
    public void checkText(Coordinate file, Bytes text) {
        if (text.size() > textBytesMax)
            throw new AttuneException(
                    ErrorCode.TOO_LARGE, "text: " + text.size() + " bytes (expected: <= " + textBytesMax + ")");
        Documents.keys(file.file(), text);
    }

    /**
     * Makes a new release with the bytes of an earlier one. Also brings back a deleted file.
     *
     * @throws AttuneException {@code CONFLICT} when the draft's base is not current
     */
    public FilePlan rollback(Coordinate file, Pointer present, Release earlier, Draft draft) {
        checkBase(Optional.of(present), draft);
        Draft told = draft.message().isEmpty()
                ? new Draft(draft.author(), "Roll back to " + earlier.number(), draft.timeMillis(), draft.baseRelease())
                : draft;
        return release(file, Optional.of(present), earlier.text(), ReleaseKind.ROLLBACK, told);
    }

    /**
     * Deletes a file; its releases stay.
     *
     * @throws AttuneException {@code NOT_FOUND} when there is no such file, {@code CONFLICT} as for publishing
     */
    public FilePlan delete(Coordinate file, Optional<Pointer> present, Draft draft) {
        checkBase(present, draft);
        Pointer pointer = present.filter(p -> !p.isDeleted()).orElseThrow(() -> notFound(file));
        Pointer gone = new Pointer(0, pointer.latest(), "", draft.author(), draft.timeMillis(), 0);
        return new FilePlan.Delete(
                guarded(file, present, List.of(Operation.Put.of(FileKeys.pointer(file), gone.encode()))));
    }

    /** The failure for a file that does not exist. */
    public static AttuneException notFound(Coordinate file) {
        return new AttuneException(ErrorCode.NOT_FOUND, "There is no file " + file + ".");
    }

    private static FilePlan release(
            Coordinate file, Optional<Pointer> present, Bytes text, ReleaseKind kind, Draft draft) {
        String sha256 = Digests.sha256(text);
        long stable = present.map(Pointer::stable).orElse(0L);
        if (stable > 0 && present.orElseThrow().sha256().equals(sha256)) return new FilePlan.Unchanged(stable);
        long number = present.map(Pointer::latest).orElse(0L) + 1;
        Release release = new Release(
                number,
                kind,
                draft.author(),
                draft.message(),
                draft.timeMillis(),
                0,
                stable,
                sha256,
                Digests.md5(text),
                text);
        Pointer moved = new Pointer(number, number, sha256, draft.author(), draft.timeMillis(), 0);
        Bytes record =
                ConfigCodec.write(new Encoder(text.size() + 256), release).toBytes();
        List<Operation> puts = List.of(
                Operation.Put.of(FileKeys.release(file, number), record),
                Operation.Put.of(FileKeys.pointer(file), moved.encode()));
        return new FilePlan.Publish(guarded(file, present, puts), release);
    }

    private static Operation.Txn guarded(Coordinate file, Optional<Pointer> present, List<Operation> then) {
        long revision = present.map(Pointer::revision).orElse(0L);
        Bytes key = FileKeys.pointer(file);
        return new Operation.Txn(
                List.of(Compare.modRevisionIs(key, revision)), then, List.of(Operation.Range.of(KeyRange.key(key))));
    }

    private static void checkBase(Optional<Pointer> present, Draft draft) {
        long stable = present.map(Pointer::stable).orElse(0L);
        if (draft.baseRelease() != Draft.ANY_BASE && draft.baseRelease() != stable)
            throw new AttuneException(
                    ErrorCode.CONFLICT,
                    "base release: " + draft.baseRelease() + " (current: " + (stable == 0 ? "no file" : stable) + ")");
    }
}
